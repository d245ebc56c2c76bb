import type { WorkflowRunPartsFragment } from '../../../sdk/src/generated/graphql.ts';

/** A run as the verbs that start or change it print it. */
export function runRow({
  id,
  workflow,
  state,
  goal,
}: Pick<WorkflowRunPartsFragment, 'id' | 'workflow' | 'state' | 'goal'>) {
  return { id, workflow, state, goal };
}
