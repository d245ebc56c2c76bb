import type { EventBatch as Batch, EventFilter as Filter } from '../../../../core/journal.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { watchEvents, watchRunEvents } from '../../subscriptions/watch-events.ts';
import { builder } from '../builder/builder.ts';
import { MAX_BATCH_EVENTS, MAX_PAGE_SIZE, requireInRange } from '../builder/pagination.ts';
import { Event, EventType, LogLevel } from './event.ts';

export const EventFilter = builder.inputType('EventFilter', {
  description: 'Conditions for events. All of those that are set must match.',
  fields: (t) => ({
    runId: t.id({ description: 'Events of this run.' }),
    types: t.field({ type: [EventType], description: 'Events of one of these types.' }),
    steps: t.stringList({ description: 'Events of steps with one of these keys.' }),
    workflow: t.string({ description: 'Events of runs of the workflow with this name.' }),
    level: t.field({ type: LogLevel, description: 'Log lines of at least this level; other events are not affected.' }),
  }),
});

type EventFilterInput = typeof EventFilter.$inferInput;

/** The filter in the form of the journal. Lists are sorted, so that equal filters are equal. @throws Fault BAD_INPUT */
export function toEventFilter(given: EventFilterInput | null | undefined): Filter {
  if (!given) return {};
  const { runId, types, steps, workflow, level } = given;
  if (steps) requireInRange('steps', steps.length, 0, MAX_PAGE_SIZE);
  return {
    ...(runId != null && { runId }),
    ...(types && { types: [...new Set(types)].sort() }),
    ...(steps && { steps: [...new Set(steps)].sort() }),
    ...(workflow != null && { workflow }),
    ...(level && { level }),
  };
}

const DEFAULT_BATCH_EVENTS = 100;

export const EventBatch = builder.objectRef<Batch>('EventBatch').implement({
  description: 'A batch of events, in commit order.',
  fields: (t) => ({
    events: t.field({
      type: [Event],
      description: 'The events. Empty when none matched up to `cursor`.',
      extensions: { listSize: 1 },
      resolve: ({ events }) => [...events],
    }),
    cursor: t.field({
      type: 'Cursor',
      description: 'Where to continue: all matching events up to here were in this batch or an earlier one.',
      resolve: ({ position }) => position,
    }),
    startCursor: t.field({
      type: 'Cursor',
      nullable: true,
      description:
        'Of a page that was read from the end: where it continues towards the beginning, for `before`. Null when nothing older matches, and for other batches.',
      resolve: ({ older }) => older ?? null,
    }),
    caughtUp: t.exposeBoolean('caughtUp', {
      description: 'True when the journal contained nothing newer at that time.',
    }),
  }),
});

builder.queryField('events', (t) =>
  t.field({
    type: EventBatch,
    description: 'One page of the journal, oldest event first. To follow it live, subscribe to `events`.',
    args: {
      filter: t.arg({ type: EventFilter, description: 'Only matching events. Default: all.' }),
      after: t.arg({ type: 'Cursor', description: 'Only events after this cursor. Default: from the beginning.' }),
      first: t.arg.int({ defaultValue: DEFAULT_BATCH_EVENTS, description: `Page size. Maximum ${MAX_BATCH_EVENTS}.` }),
    },
    resolve: (_, { filter, after, first }, ctx) => {
      const limit = requireInRange('first', first ?? DEFAULT_BATCH_EVENTS, 1, MAX_BATCH_EVENTS);
      return ctx.app.journal.page(after ?? 0, toEventFilter(filter), callerScope(ctx), limit);
    },
  }),
);

builder.subscriptionFields((t) => ({
  events: t.field({
    type: EventBatch,
    description:
      'Events from the cursor, or from now, and then live: without gap, repetition or reordering. A slow reader falls behind and catches up from the journal; nothing is dropped.',
    args: {
      filter: t.arg({ type: EventFilter, description: 'Only matching events. Default: all.' }),
      after: t.arg({ type: 'Cursor', description: 'Start after this cursor. Default: now.' }),
      batch: t.arg.int({
        defaultValue: DEFAULT_BATCH_EVENTS,
        description: `Batch size. Maximum ${MAX_BATCH_EVENTS}.`,
      }),
    },
    subscribe: (_, { filter, after, batch }, ctx) =>
      watchEvents(
        ctx,
        toEventFilter(filter),
        after ?? undefined,
        requireInRange('batch', batch ?? DEFAULT_BATCH_EVENTS, 1, MAX_BATCH_EVENTS),
      ),
    resolve: (batch) => batch,
  }),
  runEvents: t.field({
    type: EventBatch,
    description:
      'The events of one run, from its first or from the cursor, and then live. Completes after the last event of the run.',
    args: {
      runId: t.arg.id({ required: true, description: 'ID of the run.' }),
      after: t.arg({
        type: 'Cursor',
        description: 'Start after this cursor. Default: from the first event of the run.',
      }),
      batch: t.arg.int({
        defaultValue: DEFAULT_BATCH_EVENTS,
        description: `Batch size. Maximum ${MAX_BATCH_EVENTS}.`,
      }),
    },
    subscribe: (_, { runId, after, batch }, ctx) =>
      watchRunEvents(
        ctx,
        runId,
        after ?? undefined,
        requireInRange('batch', batch ?? DEFAULT_BATCH_EVENTS, 1, MAX_BATCH_EVENTS),
      ),
    resolve: (batch) => batch,
  }),
}));
