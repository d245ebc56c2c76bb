import { useMemo } from 'react';
import { GraphView } from '../../parts/graph/graph-view.tsx';
import { graphOf } from '../../parts/graph/workflow-graph.ts';
import { addDependency, removeDependency } from './edits/edits.ts';
import type { EditText } from './edits/read-steps.ts';
import type { Checked } from './use-validation.ts';

interface Props {
  readonly graph: NonNullable<Checked['graph']>;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  readonly onEdit: EditText;
}

/** The steps of the text as a graph. An edge that is drawn from one to another becomes a dependency, and one that is removed ends it. */
export function TextGraph({ graph, selected, onSelect, onEdit }: Props) {
  // The same objects as long as it is the same graph: only then nodes are not drawn again.
  const { nodes, edges } = useMemo(() => graphOf(graph), [graph]);
  return (
    <GraphView
      label="Graph of the steps"
      nodes={nodes}
      edges={edges}
      belowLabel="Compensations"
      selected={selected}
      onSelect={onSelect}
      onConnect={(from, to) => onEdit((text) => addDependency(text, from, to), to)}
      onDisconnect={(from, to) => onEdit((text) => removeDependency(text, from, to), to)}
    />
  );
}
