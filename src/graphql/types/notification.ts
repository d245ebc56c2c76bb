import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Event, type EventOf } from './event.ts';
import { LogLevel } from './log-level.ts';

export const Notification = builder.objectRef<EventOf<'NOTIFICATION'>>('Notification').implement({
  description: 'Something that people should know.',
  interfaces: [Event],
  fields: (t) => ({
    level: t.field({ type: LogLevel, description: 'How much it matters.', resolve: ({ payload }) => payload.level }),
    message: t.string({ description: 'What they should know.', resolve: ({ payload }) => payload.message }),
  }),
});
