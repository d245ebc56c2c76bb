import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Event, type EventOf } from './event.ts';
import { Failure } from './failure.ts';
import { StepState } from './step-state.ts';

export const StepStateChanged = builder.objectRef<EventOf<'STEP_STATE_CHANGED'>>('StepStateChanged').implement({
  description: 'A step moved to another state.',
  interfaces: [Event],
  fields: (t) => ({
    from: t.field({ type: StepState, description: 'The state before.', resolve: ({ payload }) => payload.from }),
    to: t.field({ type: StepState, description: 'The state from now on.', resolve: ({ payload }) => payload.to }),
    attempt: t.int({
      description: 'Which try it is about, from 1; 0 before the first.',
      resolve: ({ payload }) => payload.attempt,
    }),
    error: t.field({
      type: Failure,
      nullable: true,
      description: 'Why, when it ended badly.',
      resolve: ({ payload }) => payload.error ?? null,
    }),
  }),
});
