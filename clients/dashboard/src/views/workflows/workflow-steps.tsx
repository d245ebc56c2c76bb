import type { ReactNode } from 'react';
import type { WorkflowNodeFragment } from '../../api/generated/graphql.ts';
import type { WorkflowGraph } from '../../parts/graph/workflow-graph.ts';
import { useKeys } from '../../shell/keys.ts';
import styles from './workflow-steps.module.css';

interface Props {
  readonly graph: WorkflowGraph;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  /** Next to a step: what is known about it elsewhere. */
  readonly noteOf?: (key: string) => ReactNode;
}

/** `j` and `k` select the next and the previous step. */
export function useNodeKeys(
  nodes: WorkflowGraph['nodes'],
  selected: string | undefined,
  onSelect: (key: string) => void,
): void {
  const move = (by: number) => {
    const next = nodes[nodes.findIndex(({ key }) => key === selected) + by];
    if (next) onSelect(next.key);
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
}

/** The steps of a workflow as a list, each with the steps that it depends on. `j` and `k` move through it. */
export function WorkflowSteps({ graph: { nodes, edges }, selected, onSelect, noteOf }: Props) {
  useNodeKeys(nodes, selected, onSelect);
  return (
    <ol className={styles.steps} aria-label="Steps">
      {nodes.map((node) => (
        <li key={node.key}>
          <button
            type="button"
            className={styles.step}
            aria-current={node.key === selected || undefined}
            onClick={() => onSelect(node.key)}
          >
            <span>
              <b>{node.key}</b> {node.title !== node.key && <small>{node.title}</small>}
            </span>
            <small>
              {node.kind.toLowerCase()}
              {node.does && ` ${node.does}`}
              {node.forEach && ', for each item of a list'}
            </small>
            <Relation node={node} after={edges.filter(({ to }) => to === node.key).map(({ from }) => from)} />
            {noteOf?.(node.key)}
          </button>
        </li>
      ))}
    </ol>
  );
}

function Relation({ node, after }: { readonly node: WorkflowNodeFragment; readonly after: readonly string[] }) {
  if (node.undoes) return <small>undoes {node.undoes} when the workflow fails</small>;
  return (
    <small>
      {after.length === 0 ? 'starts at once' : `after ${after.join(', ')}`}
      {node.repairs && `; repeats ${node.repairs} when it fails`}
    </small>
  );
}
