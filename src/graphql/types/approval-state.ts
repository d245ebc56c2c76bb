import type { ApprovalState as State } from '../../core/run.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export const ApprovalState = builder.enumType('ApprovalState', {
  description: 'Where an approval stands. Once it is not OPEN, it stays as it is.',
  values: {
    OPEN: { description: 'The step waits for somebody to decide.' },
    APPROVED: { description: 'Somebody agreed, and the step went on.' },
    REJECTED: { description: 'Somebody did not agree, and the step ended.' },
    EXPIRED: { description: 'Nobody decided before its time was over or its run ended.' },
  } satisfies Record<State, object>,
});
