import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Event, type EventOf } from './event.ts';

export const StepProgress = builder.objectRef<EventOf<'STEP_PROGRESS'>>('StepProgress').implement({
  description: 'A step told how far it is.',
  interfaces: [Event],
  fields: (t) => ({
    percent: t.int({
      nullable: true,
      description: 'From 0 to 100, where it can tell.',
      resolve: ({ payload: { percent } }) => (percent === undefined ? null : Math.round(percent)),
    }),
    memo: t.string({
      nullable: true,
      description: 'What it is doing, in its own words.',
      resolve: ({ payload }) => payload.memo ?? null,
    }),
  }),
});
