import type { ApprovalQuery, ApprovalRowFragment } from '../../api/generated/graphql.ts';

export type ApprovalDetail = Extract<NonNullable<ApprovalQuery['node']>, { readonly __typename: 'Approval' }>;

type Asked = Pick<ApprovalRowFragment, 'reason' | 'call' | 'step'>;

/** Whether the workflow itself asks, by a step for it. Otherwise a rule of the policy lets a step continue only with an approval. */
export const isOfWorkflow = ({ call, step }: Omit<Asked, 'reason'>): boolean =>
  call === null && step.kind === 'APPROVAL';

/** What is to be decided, in the words of the workflow; for a rule, what the step would do. */
export function questionOf(approval: Asked): string {
  const { reason, call, step } = approval;
  if (isOfWorkflow(approval)) return reason;
  return call ? `Call ${call.tool}?` : `Run ${step.does ?? step.kind.toLowerCase()}?`;
}
