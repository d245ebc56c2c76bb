import type { StepState as State } from '../../core/states.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const StepState = builder.enumType('StepState', {
  description:
    'Where a step stands. States move forward, and back to SCHEDULED only when it is tried again; a step of a pure command may pass several at once and is then recorded with its result.',
  values: {
    PENDING: { description: 'It waits for the steps that it depends on.' },
    SCHEDULED: { description: 'It is ready and waits for a place.' },
    WAITING: { description: 'It waits for something from outside.' },
    DISPATCHED: { description: 'It was handed over; that it may act is recorded.' },
    RUNNING: { description: 'It is being done.' },
    SUCCEEDED: { description: 'It is done; `output` and `resource` hold what it made.' },
    FAILED: { description: 'It failed, and is not tried again.' },
    FAILED_RETRYABLE: { description: 'This try failed; another may follow.' },
    FAILED_FATAL: { description: 'It failed in a way that no retry can mend.' },
    TIMEOUT: { description: 'It took longer than it may and was stopped.' },
    DENIED: { description: 'The policy did not let it pass; `decision` says why.' },
    SKIPPED: { description: 'It was not done: its `when` was false, or an earlier step ended badly.' },
    CANCELLED: { description: 'It was stopped with its run.' },
  } satisfies Record<State, object>,
});
