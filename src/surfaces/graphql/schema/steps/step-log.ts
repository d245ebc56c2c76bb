import { Fault } from '../../../../core/errors.ts';
import type { LogLevel as Level } from '../../../../core/event.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { MAX_BATCH_EVENTS } from '../builder/pagination.ts';
import { LogLevel } from '../journal/event.ts';
import { EventBatch } from '../journal/event-batch.ts';
import { DEFAULT_PAGE_EVENTS, readRunEventPage } from '../journal/run-event-page.ts';
import { Step } from '../nodes/refs.ts';

const MAX_TEXT_CHARACTERS = 256;
/** Points of a read that may look at many lines. */
const SEARCH_COST = 20;

const LINES = 'Only lines that contain this text, whatever the case of the letters A to Z. Maximum 256 characters.';

builder.objectFields(Step, (t) => ({
  logs: t.field({
    type: EventBatch,
    description:
      'Lines of its log, oldest first: a page from the beginning, after a cursor or from a `seq` on; with `last`, a page from the end, before a cursor or before a `seq`. A search may end its page early: it continues at `cursor`, with `last` at `startCursor`.',
    extensions: { cost: 5 },
    args: {
      after: t.arg({ type: 'Cursor', description: 'Only lines after this cursor. Default: from the first line.' }),
      first: t.arg.int({
        defaultValue: DEFAULT_PAGE_EVENTS,
        description: `Page size. Maximum ${MAX_BATCH_EVENTS}. Ignored with \`last\`.`,
      }),
      fromSeq: t.arg.int({ description: 'Only lines of at least this `seq`, instead of `after`.' }),
      level: t.arg({ type: LogLevel, description: 'Only lines of at least this level.' }),
      last: t.arg.int({ description: `Page size, from the newest line. Maximum ${MAX_BATCH_EVENTS}.` }),
      before: t.arg({ type: 'Cursor', description: 'With `last`: only lines before this cursor.' }),
      beforeSeq: t.arg.int({ description: 'With `last`: only lines of a smaller `seq`, instead of `before`.' }),
      text: t.arg.string({ description: LINES }),
    },
    resolve: ({ runId, key }, { level, text, ...page }, ctx) =>
      readRunEventPage(ctx, logFilter(runId, key, { level, text }), page),
  }),
  logCount: t.int({
    description: 'Number of lines of its log, among the newest 200,000 events of its run.',
    extensions: { cost: SEARCH_COST },
    args: {
      level: t.arg({ type: LogLevel, description: 'Only lines of at least this level.' }),
      text: t.arg.string({ description: LINES }),
      fromSeq: t.arg.int({ description: 'Only lines of at least this `seq`. Default: all.' }),
    },
    resolve: ({ runId, key }, { fromSeq, ...wanted }, ctx) =>
      ctx.app.journal.count(logFilter(runId, key, wanted), callerScope(ctx), Math.max(1, fromSeq ?? 1)),
  }),
}));

interface WantedLines {
  readonly level?: Level | null | undefined;
  readonly text?: string | null | undefined;
}

function logFilter(runId: string, step: string, { level, text }: WantedLines) {
  if (text != null && (text === '' || text.length > MAX_TEXT_CHARACTERS)) {
    throw new Fault(
      'BAD_INPUT',
      `text must have 1 to ${MAX_TEXT_CHARACTERS} characters; search for a part of the line.`,
      {
        path: ['text'],
      },
    );
  }
  return {
    runId,
    steps: [step],
    types: ['LOG' as const],
    ...(level && { level }),
    ...(text != null && { text }),
  };
}
