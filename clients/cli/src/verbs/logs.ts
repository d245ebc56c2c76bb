import type { LogLevel } from '../../../sdk/src/generated/graphql.ts';
import { type Client, SignalboxError } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { type LogBatchFragment, LogPageDocument, LogTailDocument, StepOfRunDocument } from '../generated/graphql.ts';
import { EXIT, UsageError } from '../output/exit-codes.ts';
import { formatLogLine, type LogLine } from '../output/format-log-line.ts';

interface Options {
  readonly follow?: boolean;
  readonly step?: string;
  readonly level?: LogLevel;
  readonly last?: string;
}

const LEVELS: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

/** Prints the log of a run; with `--follow` also what it writes from now on, until it has ended. */
export async function run(ctx: Context, [run]: readonly unknown[], options: Options): Promise<number> {
  const { step, level } = options;
  const id = String(run);
  const last = countOf(options.last);
  const client = await ctx.client();
  if (step !== undefined) await requireStep(client, id, step, ctx.signal);
  const write = (lines: readonly LogLine[]) =>
    ctx.write(lines.map((line) => `${formatLogLine(line, ctx.output, step === undefined)}\n`).join(''));

  const filter = { types: ['LOG'], ...(level && { level }), ...(step !== undefined && { steps: [step] }) } as const;
  let after: string | undefined;
  let kept: LogLine[] = [];
  for (let caughtUp = false; !caughtUp; ) {
    const variables = { id, filter, ...(after !== undefined && { after }) };
    const { run: found } = await client.request(LogPageDocument, variables, { signal: ctx.signal });
    if (!found) throw new SignalboxError('NOT_FOUND', `There is no run ${id} that you may see.`);
    const lines = linesOf(found.events);
    if (last === undefined) await write(lines);
    else kept = [...kept, ...lines].slice(-last);
    after = found.events.cursor;
    caughtUp = found.events.caughtUp;
  }
  await write(kept);
  if (!options.follow) return EXIT.success;

  const isWanted = (line: LogLine) =>
    (step === undefined || line.step === step) && (!level || LEVELS.indexOf(line.level) >= LEVELS.indexOf(level));
  const tail = client.subscribe(LogTailDocument, { id, ...(after !== undefined && { after }) }, { signal: ctx.signal });
  for await (const { runEvents } of tail) await write(linesOf(runEvents).filter(isWanted));
  return ctx.signal.aborted ? EXIT.interrupted : EXIT.success;
}

function linesOf({ events }: LogBatchFragment): LogLine[] {
  return events.filter((event) => event.__typename === 'LogLine');
}

function countOf(last: string | undefined): number | undefined {
  if (last === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(last)) return Number(last);
  throw new UsageError(`--last requires a number of lines, and got ${last}.`);
}

async function requireStep(client: Client, id: string, step: string, signal: AbortSignal): Promise<void> {
  const { run } = await client.request(StepOfRunDocument, { id, step }, { signal });
  if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${id} that you may see.`);
  if (!run.step) throw new SignalboxError('NOT_FOUND', `Run ${id} has no step ${step}.`);
}
