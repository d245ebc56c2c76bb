import type { StepKind as Kind } from '../../core/run.ts';
import { builder } from '../builder.ts';

export const stepKinds = {
  COMMAND: { description: 'Runs a command: options in, a resource out.' },
  QUERY: { description: 'Reads, and changes nothing.' },
  TRANSFORM: { description: 'Makes a value of others, by an expression.' },
  APPROVAL: { description: 'Waits for a person to decide.' },
  SLEEP: { description: 'Waits for a time to pass.' },
  SIGNAL: { description: 'Waits for somebody to send the run a signal; its output is what came with it.' },
  WORKFLOW: { description: 'Runs a saved workflow as a run of its own; its output is what that gives.' },
} satisfies Record<Kind, object>;

export const StepKind = builder.enumType('StepKind', {
  description: 'What a step does.',
  values: stepKinds,
});
