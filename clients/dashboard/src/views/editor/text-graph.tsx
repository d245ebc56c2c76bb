import { useMemo } from 'react';
import { type GraphEdge, GraphView } from '../../parts/graph/graph-view.tsx';
import type { Checked } from './use-validation.ts';

interface Props {
  readonly graph: NonNullable<Checked['graph']>;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  readonly onConnect: (from: string, to: string) => void;
  readonly onDisconnect: (from: string, to: string) => void;
}

/** The steps of the text as a graph. An edge that is drawn from one to another becomes a dependency, and one that is removed ends it. */
export function TextGraph({ graph, selected, onSelect, onConnect, onDisconnect }: Props) {
  // The same objects as long as it is the same graph: only then nodes are not drawn again.
  const { nodes, edges } = useMemo(() => partsOf(graph), [graph]);
  return (
    <GraphView
      label="Graph of the steps"
      nodes={nodes}
      edges={edges}
      belowLabel="Compensations"
      selected={selected}
      onSelect={onSelect}
      onConnect={onConnect}
      onDisconnect={onDisconnect}
    />
  );
}

function partsOf({ nodes, edges }: Props['graph']) {
  const repairs = nodes.flatMap(({ key, repairs: repaired }): GraphEdge[] =>
    repaired === null ? [] : [{ from: key, to: repaired, kind: 'repair' }],
  );
  return {
    nodes: nodes.map(({ key, kind, does, forEach, undoes }) => ({
      id: key,
      detail: does ?? kind.toLowerCase(),
      note: forEach ? 'for each item' : undefined,
      under: undoes ?? undefined,
    })),
    edges: [...edges.map(({ from, to }): GraphEdge => ({ from, to })), ...repairs],
  };
}
