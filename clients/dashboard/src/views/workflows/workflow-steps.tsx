import { memo, type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react';
import type { WorkflowNodeFragment } from '../../api/generated/graphql.ts';
import type { WorkflowGraph } from '../../parts/graph/workflow-graph.ts';
import { useKeys } from '../../shell/keys.ts';
import styles from './workflow-steps.module.css';

interface Props {
  readonly graph: WorkflowGraph;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  /** Next to steps: what is known about them elsewhere. */
  readonly notes?: ReadonlyMap<string, ReactNode>;
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
export function WorkflowSteps({ graph: { nodes, edges }, selected, onSelect, notes }: Props) {
  useNodeKeys(nodes, selected, onSelect);
  // Another function at each render would render all rows again.
  const latest = useRef(onSelect);
  useEffect(() => {
    latest.current = onSelect;
  });
  const select = useCallback((key: string) => latest.current(key), []);
  const after = useMemo(() => Map.groupBy(edges, ({ to }) => to), [edges]);
  return (
    <ol className={styles.steps} aria-label="Steps">
      {nodes.map(({ key, line: _, ...node }) => (
        <StepRow
          key={key}
          {...node}
          name={key}
          after={
            after
              .get(key)
              ?.map(({ from }) => from)
              .join(', ') ?? ''
          }
          isSelected={key === selected}
          onSelect={select}
          note={notes?.get(key)}
        />
      ))}
    </ol>
  );
}

interface RowProps extends Omit<WorkflowNodeFragment, 'key' | 'line'> {
  readonly name: string;
  readonly after: string;
  readonly isSelected: boolean;
  readonly onSelect: (key: string) => void;
  readonly note: ReactNode;
}

const StepRow = memo(function StepRow({
  name,
  title,
  kind,
  does,
  forEach,
  isSelected,
  onSelect,
  note,
  ...relation
}: RowProps) {
  return (
    <li>
      <button
        type="button"
        className={styles.step}
        aria-current={isSelected || undefined}
        onClick={() => onSelect(name)}
      >
        <span>
          <b>{name}</b> {title !== name && <small>{title}</small>}
        </span>
        <small>
          {kind.toLowerCase()}
          {does && ` ${does}`}
          {forEach && ', for each item of a list'}
        </small>
        <Relation {...relation} />
        {note}
      </button>
    </li>
  );
});

function Relation({ undoes, repairs, after }: Pick<RowProps, 'undoes' | 'repairs' | 'after'>) {
  if (undoes) return <small>undoes {undoes} when the workflow fails</small>;
  return (
    <small>
      {after === '' ? 'starts at once' : `after ${after}`}
      {repairs && `; repeats ${repairs} when it fails`}
    </small>
  );
}
