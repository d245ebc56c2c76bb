import { Fault } from '../core/errors.ts';
import type { EventBatch, EventFilter } from '../core/journal.ts';
import type { Scope } from '../core/principal.ts';
import { isFinalRunState } from '../core/run-state.ts';
import { callerScope } from './caller-scope.ts';
import type { Context } from './context.ts';

/** Events from after the position, or from now, and then live. @throws Fault FORBIDDEN when the caller sees no runs */
export async function watchEvents(
  ctx: Context,
  filter: EventFilter,
  after: number | undefined,
  limit: number,
): Promise<AsyncIterable<EventBatch>> {
  callerScope(ctx);
  return follow(ctx, filter, after ?? (await ctx.app.journal.head()), limit);
}

/** The events of one run, until its last. @throws Fault NOT_FOUND, FORBIDDEN */
export async function watchRun(
  ctx: Context,
  runId: string,
  after = 0,
  limit: number,
): Promise<AsyncIterable<EventBatch>> {
  const run = await ctx.app.reader.run(callerScope(ctx), runId);
  if (!run) throw new Fault('NOT_FOUND', `There is no run ${runId} that you may see.`, { path: ['runId'] });
  return isFinalRunState(run.state) && run.headPosition <= after
    ? nothing()
    : untilEnd(follow(ctx, { runId }, after, limit));
}

type Batches = AsyncIterableIterator<EventBatch, undefined>;

/**
 * Reads the journal for as long as the policy lets the caller see it: when the policy has changed, what they see is
 * asked for again before the next batch is handed over. Written out, because it is passed for every event of every
 * subscriber, and a generator costs three promises more.
 */
function follow(ctx: Context, filter: EventFilter, after: number, limit: number): Batches {
  const { journal, policy } = ctx.app;
  let position = after;
  let snapshot = policy.snapshot();
  let scope = callerScope(ctx);
  const read = () => journal.read(position, filter, scope, { signal: ctx.signal, limit });
  let batches = read();

  const maySee = async (): Promise<boolean> => {
    snapshot = policy.snapshot();
    const now = callerScope(ctx);
    if (sameScope(now, scope)) return true;
    scope = now;
    await batches.return?.();
    batches = read();
    return false;
  };

  return {
    async next() {
      for (;;) {
        const { done, value } = await batches.next();
        if (done) return DONE;
        if (policy.snapshot() !== snapshot && !(await maySee())) continue;
        position = value.position;
        return { done: false, value };
      }
    },
    async return() {
      await batches.return?.();
      return DONE;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function untilEnd(batches: Batches): Batches {
  let ended = false;
  return {
    async next() {
      if (ended) return batches.return?.() ?? DONE;
      const result = await batches.next();
      const last = result.value?.events.at(-1);
      ended = last?.type === 'RUN_STATE_CHANGED' && isFinalRunState(last.payload.to);
      return result;
    },
    return: () => batches.return?.() ?? Promise.resolve(DONE),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const DONE = { done: true, value: undefined } as const;

async function* nothing(): AsyncGenerator<EventBatch, undefined> {}

function sameScope(a: Scope, b: Scope): boolean {
  return a.tenant === b.tenant && a.subject === b.subject;
}
