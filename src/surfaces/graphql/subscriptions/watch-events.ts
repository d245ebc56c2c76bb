import { Fault } from '../../../core/errors.ts';
import type { EventBatch, EventFilter } from '../../../core/journal.ts';
import type { Scope } from '../../../core/principal.ts';
import { isFinalRunState } from '../../../core/states.ts';
import { callerScope } from '../request/caller-scope.ts';
import type { Context } from '../request/context.ts';

/** Events after the position, or from now, and then live. @throws Fault FORBIDDEN when the caller may see no runs */
export async function watchEvents(
  ctx: Context,
  filter: EventFilter,
  after: number | undefined,
  limit: number,
): Promise<AsyncIterable<EventBatch>> {
  callerScope(ctx);
  return after === undefined ? streamFromNow(ctx, filter, limit) : followJournal(ctx, filter, after, limit);
}

/** Starts with the position of "now", so that a subscriber that is cut off before the first event can continue from it. */
async function streamFromNow(ctx: Context, filter: EventFilter, limit: number): Promise<BatchStream> {
  const position = await ctx.app.journal.head();
  const rest = followJournal(ctx, filter, position, limit);
  const saysNothingNew = ({ value }: BatchResult) => value?.events.length === 0 && value.position === position;
  let told = 0;
  return {
    ...rest,
    next() {
      told += 1;
      if (told > 2) return rest.next();
      if (told === 2) return rest.next().then((result) => (saysNothingNew(result) ? rest.next() : result));
      return Promise.resolve({ done: false, value: { events: [], position, caughtUp: true } });
    },
  };
}

/** The events of one run, up to its last. @throws Fault NOT_FOUND, FORBIDDEN */
export async function watchRunEvents(
  ctx: Context,
  runId: string,
  after = 0,
  limit: number,
): Promise<AsyncIterable<EventBatch>> {
  const run = await ctx.app.reader.run(callerScope(ctx), runId);
  if (!run) throw new Fault('NOT_FOUND', `There is no run ${runId} that you may see.`, { path: ['runId'] });
  return isFinalRunState(run.state) && run.headPosition <= after
    ? emptyStream()
    : untilRunEnds(followJournal(ctx, { runId }, after, limit), (position) => isLastEvent(ctx, runId, position));
}

/** Whether this is the run's last event: a failed run may continue, when one of its steps is retried. */
async function isLastEvent(ctx: Context, runId: string, position: number): Promise<boolean> {
  const run = await ctx.app.reader.run(callerScope(ctx), runId);
  return !run || run.headPosition <= position;
}

type BatchResult = IteratorResult<EventBatch, undefined>;
type BatchStream = AsyncIterableIterator<EventBatch, undefined>;

/**
 * Reads the journal while the policy lets the caller see it: after a change of the policy, their visibility is decided
 * again before the next batch is delivered. It is not a generator, because it is passed for every event of
 * every subscriber, and a generator creates several promises for each.
 */
export function followJournal(ctx: Context, filter: EventFilter, after: number, limit: number): BatchStream {
  const { journal, policy } = ctx.app;
  let position = after;
  let snapshot = policy.snapshot();
  let scope = callerScope(ctx);
  const read = () => journal.read(position, filter, scope, { signal: ctx.signal, limit });
  let batches = read();

  const handOver = (result: BatchResult): BatchResult | Promise<BatchResult> => {
    if (result.done) return result;
    if (policy.snapshot() !== snapshot) {
      snapshot = policy.snapshot();
      const now = callerScope(ctx);
      if (!sameScope(now, scope)) {
        scope = now;
        void batches.return?.();
        batches = read();
        return next();
      }
    }
    position = result.value.position;
    return result;
  };
  const next = (): Promise<BatchResult> => batches.next().then(handOver);

  return {
    next,
    return: async () => {
      await batches.return?.();
      return DONE;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function untilRunEnds(batches: BatchStream, isLast: (position: number) => Promise<boolean>): BatchStream {
  let ended = false;
  const look = (result: BatchResult): BatchResult | Promise<BatchResult> => {
    const last = result.value?.events.at(-1);
    if (last?.type !== 'RUN_STATE_CHANGED' || !isFinalRunState(last.payload.to)) return result;
    return isLast(last.position).then((is) => {
      ended = is;
      return result;
    });
  };
  const stop = async () => {
    await batches.return?.();
    return DONE;
  };
  return {
    next: () => (ended ? stop() : batches.next().then(look)),
    return: stop,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const DONE = { done: true, value: undefined } as const;

async function* emptyStream(): AsyncGenerator<EventBatch, undefined> {}

function sameScope(a: Scope, b: Scope): boolean {
  return a.tenant === b.tenant && a.subject === b.subject;
}
