import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Event, type EventOf } from './event.ts';

export const StepsAdded = builder.objectRef<EventOf<'STEPS_ADDED'>>('StepsAdded').implement({
  description: 'Steps came up on the way: the items of a `for_each`, or what undoes the steps that succeeded.',
  interfaces: [Event],
  fields: (t) => ({
    keys: t.stringList({
      description: 'Keys of the steps, in their order.',
      resolve: ({ payload }) => payload.steps.map(({ key }) => key),
    }),
  }),
});
