import type { Priority as Level } from '../../core/run.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const Priority = builder.enumType('Priority', {
  description: 'Which runs go first when there are more than places.',
  values: {
    CRITICAL: { description: 'Before everything else.' },
    INTERACTIVE: { description: 'Somebody waits for it. The usual.' },
    BATCH: { description: 'When nothing else is waiting.' },
  } satisfies Record<Level, object>,
});
