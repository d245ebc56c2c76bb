import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Event, type EventOf } from './event.ts';
import { LogLevel } from './log-level.ts';

export const LogLine = builder.objectRef<EventOf<'LOG'>>('LogLine').implement({
  description: 'A step wrote to its log.',
  interfaces: [Event],
  fields: (t) => ({
    level: t.field({ type: LogLevel, description: 'How much it matters.', resolve: ({ payload }) => payload.level }),
    text: t.string({ description: 'What it wrote.', resolve: ({ payload }) => payload.text }),
  }),
});
