import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Event, type EventOf } from './event.ts';
import { Failure } from './failure.ts';
import { RunState } from './run-state.ts';

export const RunStateChanged = builder.objectRef<EventOf<'RUN_STATE_CHANGED'>>('RunStateChanged').implement({
  description:
    'A run moved to another state. When `to` is a final state, it is the last event of its run, unless `retryStep` continues it.',
  interfaces: [Event],
  fields: (t) => ({
    from: t.field({ type: RunState, description: 'The state before.', resolve: ({ payload }) => payload.from }),
    to: t.field({ type: RunState, description: 'The state from now on.', resolve: ({ payload }) => payload.to }),
    error: t.field({
      type: Failure,
      nullable: true,
      description: 'Why, when it ended badly.',
      resolve: ({ payload }) => payload.error ?? null,
    }),
  }),
});
