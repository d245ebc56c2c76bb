import type { WorkflowGraph } from './model/workflow-document.ts';
import type { StepDraft } from './step-draft.ts';

/** The steps and what they wait for, for people to look at. */
export function graphOf(steps: readonly StepDraft[]): WorkflowGraph {
  const keys = new Set(steps.map(({ key }) => key));
  return {
    nodes: steps.map(({ key, kind, title }) => ({ key, kind, title })),
    edges: steps.flatMap(({ key, dependsOn }) =>
      dependsOn.filter((from) => keys.has(from)).map((from) => ({ from, to: key })),
    ),
  };
}
