import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteStream } from 'node:tty';
import { CancelRunDocument, WorkflowRunDocument, type WorkflowRunQuery } from '../../../sdk/src/generated/graphql.ts';
import { unwrap } from '../../../sdk/src/index.ts';
import { eventHistory, isFinalRunState, type RunModel, watchRun } from '../../../sdk/src/live/index.ts';
import type { Context } from '../frame/context.ts';
import { EXIT, UsageError } from '../output/exit-codes.ts';
import { runRow } from '../output/run-row.ts';
import { RecentLogs } from './logs.ts';
import { createPlainView } from './plain-view.ts';
import type { RunView } from './run-view.ts';
import { createTerminalView } from './terminal-view.ts';

/** After the first ^C, another one within this time cancels the run. */
const SECOND_INTERRUPTION_MS = 1_000;

interface FollowRunOptions {
  readonly progress?: unknown;
  /** It was just started: all of its events are shown. */
  readonly isNew?: boolean;
}

/**
 * Shows a run on standard error until it has ended, then prints it. ^C lets go of it: it continues; twice cancels it.
 * @returns the exit code: 0 if it succeeded, 3 if the policy denied it, 130 if it was let go
 */
export async function followRun(
  ctx: Context,
  id: string,
  { progress, isNew = false }: FollowRunOptions,
): Promise<number> {
  const client = await ctx.client();
  const logs = new RecentLogs();
  const view = viewOf(ctx, logs, { progress, isNew });
  let model: RunModel | undefined;
  try {
    const models = watchRun(client, id, {
      signal: ctx.signal,
      include: ['LOG'],
      ...(isNew && { history: eventHistory }),
      onInterrupted: (_, retryInMs) => view.interrupted(retryInMs),
      onCurrent: () => view.current(),
      onEvent: (event) => {
        logs.add(event);
        view.event?.(event);
      },
    });
    for await (const next of models) {
      model = next;
      view.show(next);
    }
  } catch (error) {
    if (!ctx.signal.aborted) throw error;
  } finally {
    view.end();
  }
  if (!model || !isFinalRunState(model.state)) return letGo(ctx, id);
  const { run } = await client.request(WorkflowRunDocument, { id }, { signal: ctx.signal });
  if (run) await printEnd(ctx, run, view.isWhole === true && ctx.io.isTty(ctx.io.stdout));
  if (model.state === 'SUCCEEDED') return EXIT.success;
  return model.state === 'DENIED' ? EXIT.refused : EXIT.failed;
}

/** The run as data. A table leaves out columns without a value; after a view of the whole run it is that of the outputs. */
async function printEnd(ctx: Context, run: NonNullable<WorkflowRunQuery['run']>, isShown: boolean): Promise<void> {
  const { error } = run;
  const outputs = Object.fromEntries(run.outputs.map(({ name, value }) => [name, value]));
  if (ctx.output !== 'table') return ctx.print([{ ...runRow(run), error, outputs }]);
  if (isShown) return ctx.print(run.outputs.map(({ name, value }) => ({ id: name, value })));
  const failure = error && { error: error.code };
  await ctx.print([{ ...runRow(run), ...failure, ...(run.outputs.length > 0 && { outputs }) }]);
}

function viewOf({ io, env }: Context, logs: RecentLogs, { progress, isNew = false }: FollowRunOptions): RunView {
  const { stderr } = io;
  const isTerminal = io.isTty(stderr);
  const form = progress ?? (isTerminal && env.TERM !== 'dumb' && !env.CI ? 'tty' : 'plain');
  if (form === 'none') return { show() {}, interrupted() {}, current() {}, end() {} };
  if (form === 'plain') return createPlainView(stderr, isNew);
  if (!isTerminal) throw new UsageError('--progress tty requires a terminal on standard error. Use plain or none.');
  return createTerminalView(stderr as WriteStream, logs);
}

async function letGo(ctx: Context, id: string): Promise<number> {
  ctx.note(`\nRun ${id} continues. signalbox show ${id} --watch follows it again; ^C once more, now, cancels it.`);
  const again = new AbortController();
  const interrupt = () => again.abort();
  process.once('SIGINT', interrupt);
  await sleep(SECOND_INTERRUPTION_MS, undefined, { signal: again.signal }).catch(() => {});
  process.off('SIGINT', interrupt);
  if (again.signal.aborted) {
    const client = await ctx.client();
    unwrap((await client.request(CancelRunDocument, { input: { runId: id } })).cancelRun);
    ctx.note(`Run ${id} is cancelled.`);
  }
  return EXIT.interrupted;
}
