import { Fault } from '../../../../core/errors.ts';
import type { LogLevel as Level } from '../../../../core/event.ts';
import { batchReads } from '../../request/batch-reads.ts';
import { callerScope } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { MAX_BATCH_EVENTS, MAX_PAGE_SIZE, requireInRange } from '../builder/pagination.ts';
import { LogLevel } from '../journal/event.ts';
import { EventBatch } from '../journal/event-batch.ts';
import { DEFAULT_PAGE_EVENTS, readRunEventPage } from '../journal/run-event-page.ts';
import { Run, Step } from '../nodes/refs.ts';

const MAX_TEXT_CHARACTERS = 256;
/** Points of a read that may look at many lines. */
const SEARCH_COST = 20;

const PAGES =
  'oldest first: a page from the beginning, after a cursor or from a `seq` on; with `last`, a page from the end, before a cursor or before a `seq`. A search may end its page early: it continues at `cursor`, with `last` at `startCursor`.';
const COUNTED = 'among the newest 200,000 events of its run';

const wantedLines = builder.args((t) => ({
  level: t.field({ type: LogLevel, description: 'Only lines of at least this level.' }),
  text: t.string({
    description: 'Only lines that contain this text, whatever the case of the letters A to Z. Maximum 256 characters.',
  }),
}));

const page = builder.args((t) => ({
  after: t.field({ type: 'Cursor', description: 'Only lines after this cursor. Default: from the first line.' }),
  first: t.int({
    defaultValue: DEFAULT_PAGE_EVENTS,
    description: `Page size. Maximum ${MAX_BATCH_EVENTS}. Ignored with \`last\`.`,
  }),
  fromSeq: t.int({ description: 'Only lines of at least this `seq`, instead of `after`.' }),
  last: t.int({ description: `Page size, from the newest line. Maximum ${MAX_BATCH_EVENTS}.` }),
  before: t.field({ type: 'Cursor', description: 'With `last`: only lines before this cursor.' }),
  beforeSeq: t.int({ description: 'With `last`: only lines of a smaller `seq`, instead of `before`.' }),
}));

const fromSeq = builder.args((t) => ({
  fromSeq: t.int({ description: 'Only lines of at least this `seq`. Default: all.' }),
}));

const ofSteps = builder.args((t) => ({
  steps: t.stringList({ description: 'Only lines of steps with one of these keys. Default: of all. Maximum 100.' }),
}));

builder.objectFields(Step, (t) => ({
  logs: t.field({
    type: EventBatch,
    description: `Lines of its log, ${PAGES}`,
    extensions: { cost: 5 },
    args: { ...page, ...wantedLines },
    resolve: ({ runId, key }, args, ctx) => readLines(ctx, runId, { ...args, steps: [key] }),
  }),
  logCount: t.int({
    description: `Number of lines of its log, ${COUNTED}.`,
    extensions: { cost: SEARCH_COST },
    args: { ...wantedLines, ...fromSeq },
    resolve: ({ runId, key }, args, ctx) => countLines(ctx, runId, { ...args, steps: [key] }),
  }),
}));

builder.objectFields(Run, (t) => ({
  logs: t.field({
    type: EventBatch,
    description: `Lines of the logs of all steps, ${PAGES}`,
    extensions: { cost: 5 },
    args: { ...page, ...wantedLines, ...ofSteps },
    resolve: ({ run }, args, ctx) => readLines(ctx, run.id, args),
  }),
  logCount: t.int({
    description: `Number of lines of the logs of all steps, ${COUNTED}.`,
    extensions: { cost: SEARCH_COST },
    args: { ...wantedLines, ...fromSeq, ...ofSteps },
    resolve: ({ run }, args, ctx) => countLines(ctx, run.id, args),
  }),
}));

interface WantedLines {
  readonly steps?: readonly string[] | null | undefined;
  readonly level?: Level | null | undefined;
  readonly text?: string | null | undefined;
  readonly fromSeq?: number | null | undefined;
}

function readLines(ctx: Context, runId: string, args: WantedLines & Parameters<typeof readRunEventPage>[2]) {
  return readRunEventPage(ctx, logFilter(runId, args), args);
}

async function countLines(ctx: Context, runId: string, args: WantedLines): Promise<number> {
  const counted: CountedLines = { filter: logFilter(runId, args), fromSeq: Math.max(1, args.fromSeq ?? 1) };
  return (await countOf(ctx, JSON.stringify(counted))) ?? 0;
}

interface CountedLines {
  readonly filter: ReturnType<typeof logFilter>;
  readonly fromSeq: number;
}

/** Counts of the same lines from several levels on are one read, unless they search for a text. */
const countOf = batchReads(async (ctx, keys) => {
  const { journal } = ctx.app;
  const scope = callerScope(ctx);
  const groups = Map.groupBy(keys, (key) => {
    const { filter, fromSeq }: CountedLines = JSON.parse(key);
    return JSON.stringify([{ ...filter, level: undefined }, fromSeq]);
  });
  const counts = [...groups.values()].flatMap((group) => {
    let levels: ReturnType<typeof journal.countLevels> | undefined;
    return group.map(async (key) => {
      const { filter, fromSeq }: CountedLines = JSON.parse(key);
      if (group.length === 1 || filter.text !== undefined)
        return [key, await journal.count(filter, scope, fromSeq)] as const;
      levels ??= journal.countLevels(filter, scope, fromSeq);
      return [key, sumFrom(filter.level ?? 'DEBUG', await levels)] as const;
    });
  });
  return new Map(await Promise.all(counts));
});

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;

function sumFrom(least: Level, counts: Readonly<Record<Level, number>>): number {
  return LEVELS.slice(LEVELS.indexOf(least)).reduce((sum, level) => sum + counts[level], 0);
}

function logFilter(runId: string, { steps, level, text }: WantedLines) {
  if (text != null && (text === '' || text.length > MAX_TEXT_CHARACTERS)) {
    throw new Fault(
      'BAD_INPUT',
      `text must have 1 to ${MAX_TEXT_CHARACTERS} characters; search for a part of the line.`,
      {
        path: ['text'],
      },
    );
  }
  if (steps) requireInRange('steps', steps.length, 0, MAX_PAGE_SIZE);
  return {
    runId,
    types: ['LOG' as const],
    ...(steps && { steps }),
    ...(level && { level }),
    ...(text != null && { text }),
  };
}
