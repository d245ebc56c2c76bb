import { useMemo } from 'react';
import { GraphView } from '../../parts/graph/graph-view.tsx';
import { graphOf, type WorkflowGraph } from '../../parts/graph/workflow-graph.ts';
import { StepFacts } from './step-facts.tsx';
import { useNodeKeys } from './workflow-steps.tsx';

interface Props {
  readonly graph: WorkflowGraph;
  readonly selected: string;
  readonly onSelect: (key: string) => void;
}

/** The steps of a workflow as a graph, and what the selected one does. */
export function StepGraph({ graph, selected, onSelect }: Props) {
  // The same objects as long as it is the same graph: only then nodes are not drawn again.
  const { nodes, edges } = useMemo(() => graphOf(graph), [graph]);
  useNodeKeys(graph.nodes, selected, onSelect);
  const node = graph.nodes.find(({ key }) => key === selected);
  return (
    <>
      <GraphView
        label="Graph of the steps"
        nodes={nodes}
        edges={edges}
        belowLabel="Compensations"
        selected={selected}
        onSelect={onSelect}
      />
      {node && <StepFacts node={node} edges={graph.edges} onSelect={onSelect} />}
    </>
  );
}
