import type { RunKind as Kind, Priority as Level } from '../../../../core/run.ts';
import type { RunState as State } from '../../../../core/states.ts';
import { builder } from '../builder/builder.ts';

const RUN_KINDS = {
  COMMAND: { description: 'One command.' },
  PIPELINE: { description: 'Several commands one after the other, each with the output of the one before at hand.' },
  AGENT: { description: 'One agent.' },
  WORKFLOW: { description: 'The steps of a workflow, each as soon as what it needs is done.' },
};

export const RunKind = builder.enumType('RunKind', { description: 'What a run carries out.', values: RUN_KINDS });

/** The kinds that the contract has so far; the engine makes no others. */
export function publicRunKind(kind: Kind): keyof typeof RUN_KINDS {
  return kind as keyof typeof RUN_KINDS;
}

export const RunState = builder.enumType('RunState', {
  description:
    'Where a run stands. SUCCEEDED, FAILED, TIMEOUT, DENIED and CANCELLED are final: nothing more happens to the run, unless `retryStep` continues one that ended badly.',
  values: {
    PENDING: { description: 'Accepted; nothing has begun.' },
    RUNNING: { description: 'At least one step has begun.' },
    WAITING: { description: 'No step can go on until something comes from outside.' },
    SUCCEEDED: { description: 'It is done: every step succeeded, or was not needed.' },
    FAILED: { description: 'A step failed; `error` says which and why.' },
    TIMEOUT: { description: 'A step took longer than it may.' },
    DENIED: { description: 'The policy did not let a step pass.' },
    CANCELLED: { description: 'It was stopped.' },
  } satisfies Record<State, object>,
});

export const Priority = builder.enumType('Priority', {
  description: 'Which runs go first when there are more than places.',
  values: {
    CRITICAL: { description: 'Before everything else.' },
    INTERACTIVE: { description: 'Somebody waits for it. The usual.' },
    BATCH: { description: 'When nothing else is waiting.' },
  } satisfies Record<Level, object>,
});
