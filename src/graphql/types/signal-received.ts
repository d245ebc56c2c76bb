import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Event, type EventOf } from './event.ts';

export const SignalReceived = builder.objectRef<EventOf<'SIGNAL_RECEIVED'>>('SignalReceived').implement({
  description: 'Somebody sent the run a signal. It is kept until a step takes it.',
  interfaces: [Event],
  fields: (t) => ({
    name: t.string({ description: 'Its name.', resolve: ({ payload }) => payload.name }),
    payload: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What came with it.',
      resolve: ({ payload }) => payload.payload ?? null,
    }),
  }),
});
