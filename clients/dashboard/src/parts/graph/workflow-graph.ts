import type { WorkflowNodeFragment } from '../../api/generated/graphql.ts';
import type { GraphNode } from './graph-node.tsx';
import type { GraphEdge } from './graph-view.tsx';

/** The steps of a workflow and their dependencies, as the API gives them. */
export interface WorkflowGraph {
  readonly nodes: readonly WorkflowNodeFragment[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** What a graph shows of a workflow: what each step does and depends on, what repairs what, compensations below. */
export function graphOf({ nodes, edges }: WorkflowGraph) {
  const repairs = nodes.flatMap(({ key, repairs: repaired }): GraphEdge[] =>
    repaired === null ? [] : [{ from: key, to: repaired, kind: 'repair' }],
  );
  return {
    nodes: nodes.map(
      ({ key, kind, does, forEach, undoes }): GraphNode => ({
        id: key,
        detail: does ?? kind.toLowerCase(),
        note: forEach ? 'each item' : undefined,
        under: undoes ?? undefined,
      }),
    ),
    edges: [...edges.map(({ from, to }): GraphEdge => ({ from, to })), ...repairs],
  };
}
