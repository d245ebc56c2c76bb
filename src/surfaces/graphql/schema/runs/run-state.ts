import type { RunKind as Kind, Priority as Level } from '../../../../core/run.ts';
import type { RunState as State } from '../../../../core/states.ts';
import { builder } from '../builder/builder.ts';

const RUN_KINDS = {
  COMMAND: { description: 'One command.' },
  PIPELINE: { description: 'Several commands in sequence; each can use the output of the previous one.' },
  AGENT: { description: 'One agent.' },
  JOB: { description: 'One job for a worker.' },
  WORKFLOW: { description: 'The steps of a workflow; each starts as soon as its dependencies have ended.' },
};

export const RunKind = builder.enumType('RunKind', { description: 'What a run executes.', values: RUN_KINDS });

/** The kind of a run in the contract, which has all kinds that the engine creates. */
export function publicRunKind(kind: Kind): keyof typeof RUN_KINDS {
  return kind as keyof typeof RUN_KINDS;
}

export const RunState = builder.enumType('RunState', {
  description:
    'State of a run. SUCCEEDED, FAILED, TIMEOUT, DENIED and CANCELLED are final: the run no longer changes, unless `retryStep` continues one that failed.',
  values: {
    PENDING: { description: 'Accepted; no step has started.' },
    RUNNING: { description: 'At least one step has started.' },
    WAITING: {
      description: 'No step can continue until something happens outside: a time, a person, a signal or a rate limit.',
    },
    SUCCEEDED: { description: 'Every step succeeded or was skipped.' },
    FAILED: { description: 'A step failed; `error` says which and why.' },
    TIMEOUT: { description: 'A step exceeded its time limit.' },
    DENIED: { description: 'The policy denied a step.' },
    CANCELLED: { description: 'It was stopped on request.' },
  } satisfies Record<State, object>,
});

export const Priority = builder.enumType('Priority', {
  description: 'Which runs go first when slots are scarce.',
  values: {
    CRITICAL: { description: 'Before all others.' },
    INTERACTIVE: { description: 'Somebody is waiting for it.' },
    BATCH: { description: 'When no other run is waiting.' },
  } satisfies Record<Level, object>,
});
