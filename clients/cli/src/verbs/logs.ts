import type { LogLevel } from '../../../sdk/src/generated/graphql.ts';
import { type Client, SignalboxError } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { openEntryStream } from '../frame/entry-stream.ts';
import {
  type LogBatchFragment,
  LogEndDocument,
  LogPageDocument,
  type LogPageQueryVariables,
  LogTailDocument,
  StepOfRunDocument,
} from '../generated/graphql.ts';
import { EXIT, UsageError } from '../output/exit-codes.ts';
import { formatLogLine, type LogLine } from '../output/format-log-line.ts';
import { type FollowOptions, followStream, requireLines } from '../watch/follow-stream.ts';

interface Options extends FollowOptions {
  readonly follow?: boolean;
  readonly step?: string;
  readonly level?: LogLevel;
  readonly last?: string;
  readonly after?: string;
}

/** Lines that the server sends at a time. */
const PAGE_LINES = 500;
const LEVELS: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

/** Prints the log of a run; with `--follow` also what it writes from now on, until it has ended. */
export async function run(ctx: Context, [run]: readonly unknown[], options: Options): Promise<number> {
  const { step, level, follow = false } = options;
  const id = String(run);
  const last = countOf(options);
  if (follow) requireLines(ctx);
  const client = await ctx.client();
  if (step !== undefined) await requireStep(client, id, step, ctx.signal);
  const out = openEntryStream(ctx, (line: LogLine) => formatLogLine(line, ctx.output, step === undefined));
  const filter = { types: ['LOG'], ...(level && { level }), ...(step !== undefined && { steps: [step] }) } as const;

  let { after } = options;
  const pages =
    last === undefined ? pagesAfter(ctx, client, { id, filter, after }) : pagesOfEnd(ctx, client, { id, filter }, last);
  for await (const { lines, cursor } of pages) {
    await out.write(lines);
    after = cursor;
  }
  await out.end();
  if (!follow) return EXIT.success;

  const isWanted = (line: LogLine) =>
    (step === undefined || line.step === step) && (!level || LEVELS.indexOf(line.level) >= LEVELS.indexOf(level));
  const tail = client.subscribe(LogTailDocument, { id, after }, { signal: ctx.signal });
  try {
    for await (const { runEvents } of followStream(ctx, options, tail)) {
      await out.write(linesOf(runEvents).filter(isWanted));
      after = runEvents.cursor;
    }
  } catch (error) {
    if (!ctx.signal.aborted) throw error;
  }
  if (!ctx.signal.aborted) return EXIT.success;
  ctx.note(`signalbox logs -f ${id} --after ${after} continues here.`);
  return EXIT.interrupted;
}

interface Page {
  readonly lines: readonly LogLine[];
  /** Where to continue. */
  readonly cursor: string;
}

/** The lines after a cursor, or all, page by page. */
async function* pagesAfter(ctx: Context, client: Client, variables: LogPageQueryVariables): AsyncGenerator<Page> {
  let { after } = variables;
  for (let caughtUp = false; !caughtUp; ) {
    const { run } = await client.request(LogPageDocument, { ...variables, after }, { signal: ctx.signal });
    if (!run) throw notFound(variables.id);
    after = run.events.cursor;
    caughtUp = run.events.caughtUp;
    yield { lines: linesOf(run.events), cursor: after };
  }
}

/** The newest lines, which the server reads from the end, in one page. */
async function* pagesOfEnd(
  ctx: Context,
  client: Client,
  variables: Pick<LogPageQueryVariables, 'id' | 'filter'>,
  count: number,
): AsyncGenerator<Page> {
  const pages: LogLine[][] = [];
  let cursor: string | undefined;
  let left = count;
  for (let before: string | null | undefined; before !== null && left > 0; ) {
    const page = { ...variables, last: Math.min(left, PAGE_LINES), before };
    const { run } = await client.request(LogEndDocument, page, { signal: ctx.signal });
    if (!run) throw notFound(variables.id);
    const lines = linesOf(run.events);
    pages.unshift(lines);
    left -= lines.length;
    before = run.events.startCursor;
    cursor ??= run.events.cursor;
  }
  if (cursor !== undefined) yield { lines: pages.flat(), cursor };
}

function linesOf({ events }: Pick<LogBatchFragment, 'events'>): LogLine[] {
  return events.filter((event) => event.__typename === 'LogLine');
}

function countOf({ last, after }: Options): number | undefined {
  if (last === undefined) return undefined;
  if (after !== undefined)
    throw new UsageError('--last counts from the end, and --after from a line. Use one of them.');
  if (/^[1-9]\d{0,8}$/.test(last)) return Number(last);
  throw new UsageError(`--last requires a number of lines, and got ${last}.`);
}

async function requireStep(client: Client, id: string, step: string, signal: AbortSignal): Promise<void> {
  const { run } = await client.request(StepOfRunDocument, { id, step }, { signal });
  if (!run) throw notFound(id);
  if (!run.step) throw new SignalboxError('NOT_FOUND', `Run ${id} has no step ${step}.`);
}

const notFound = (id: string) => new SignalboxError('NOT_FOUND', `There is no run ${id} that you may see.`);
