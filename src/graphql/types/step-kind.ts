import type { StepKind as Kind } from '../../core/run.ts';
import { builder } from '../builder.ts';

export const stepKinds = {
  COMMAND: { description: 'Runs a command: options in, a resource out.' },
  QUERY: { description: 'Reads, and changes nothing.' },
} satisfies Record<Kind, object>;

export const StepKind = builder.enumType('StepKind', {
  description: 'What a step does.',
  values: stepKinds,
});
