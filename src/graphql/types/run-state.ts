import type { RunState as State } from '../../core/states.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

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
