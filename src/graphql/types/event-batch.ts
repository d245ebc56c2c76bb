import type { EventBatch as Batch } from '../../core/journal.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { watchEvents, watchRun } from '../../surfaces/graphql/subscriptions/watch-events.ts';
import { callerScope } from '../caller-scope.ts';
import { MAX_BATCH, within } from '../page-args.ts';
import { Event } from './event.ts';
import { EventFilter, toEventFilter } from './event-filter.ts';

const DEFAULT_BATCH = 100;

export const EventBatch = builder.objectRef<Batch>('EventBatch').implement({
  description: 'Some events, in the order in which they were committed.',
  fields: (t) => ({
    events: t.field({
      type: [Event],
      description: 'The events; none when nothing matched up to `cursor`.',
      extensions: { listSize: 1 },
      resolve: ({ events }) => [...events],
    }),
    cursor: t.field({
      type: 'Cursor',
      description: 'Where to go on: everything that matches up to here was in this batch or an earlier one.',
      resolve: ({ position }) => position,
    }),
    caughtUp: t.exposeBoolean('caughtUp', {
      description: 'True when nothing newer was in the journal at the time.',
    }),
  }),
});

builder.queryField('events', (t) =>
  t.field({
    type: EventBatch,
    description: 'One page of the journal, from the oldest on. To follow it live, subscribe to `events`.',
    args: {
      filter: t.arg({ type: EventFilter, description: 'Only the events that match all of this.' }),
      after: t.arg({ type: 'Cursor', description: 'Only those after this cursor; from the beginning unless told.' }),
      first: t.arg.int({ defaultValue: DEFAULT_BATCH, description: `How many, at most ${MAX_BATCH}.` }),
    },
    resolve: (_, { filter, after, first }, ctx) => {
      const limit = within('first', first ?? DEFAULT_BATCH, 1, MAX_BATCH);
      return ctx.app.journal.page(after ?? 0, toEventFilter(filter), callerScope(ctx), limit);
    },
  }),
);

builder.subscriptionFields((t) => ({
  events: t.field({
    type: EventBatch,
    description:
      'Events from the cursor, or from now, and then live: without gap, repeat or reordering. A slow reader falls behind and catches up from the journal; nothing is dropped.',
    args: {
      filter: t.arg({ type: EventFilter, description: 'Only the events that match all of this.' }),
      after: t.arg({ type: 'Cursor', description: 'Begin after this cursor; from now unless told.' }),
      batch: t.arg.int({ defaultValue: DEFAULT_BATCH, description: `Events in one batch, at most ${MAX_BATCH}.` }),
    },
    subscribe: (_, { filter, after, batch }, ctx) =>
      watchEvents(
        ctx,
        toEventFilter(filter),
        after ?? undefined,
        within('batch', batch ?? DEFAULT_BATCH, 1, MAX_BATCH),
      ),
    resolve: (batch) => batch,
  }),
  runEvents: t.field({
    type: EventBatch,
    description:
      'The events of one run, from its first or from the cursor, and then live. Completes after the run’s last event.',
    args: {
      runId: t.arg.id({ required: true, description: 'The run.' }),
      after: t.arg({ type: 'Cursor', description: 'Begin after this cursor; from the run’s first event unless told.' }),
      batch: t.arg.int({ defaultValue: DEFAULT_BATCH, description: `Events in one batch, at most ${MAX_BATCH}.` }),
    },
    subscribe: (_, { runId, after, batch }, ctx) =>
      watchRun(ctx, runId, after ?? undefined, within('batch', batch ?? DEFAULT_BATCH, 1, MAX_BATCH)),
    resolve: (batch) => batch,
  }),
}));
