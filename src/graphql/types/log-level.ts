import type { LogLevel as Level } from '../../core/event.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const LogLevel = builder.enumType('LogLevel', {
  description: 'How much a log line matters, from DEBUG up to ERROR.',
  values: {
    DEBUG: { description: 'Detail for whoever looks for a cause.' },
    INFO: { description: 'What was done.' },
    WARN: { description: 'It went on, but somebody should look.' },
    ERROR: { description: 'It did not work.' },
  } satisfies Record<Level, object>,
});
