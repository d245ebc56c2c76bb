import { useState } from 'react';
import type { RunModel, StepModel } from '../../../../sdk/src/live/index.ts';
import type { GraphNode } from '../../parts/graph/graph-node.tsx';
import { type GraphEdge, GraphView } from '../../parts/graph/graph-view.tsx';
import { Duration } from '../../ui/time.tsx';
import { itemSummary, sectionsOf } from './run-model.ts';
import { useStepKeys } from './step-keys.ts';

interface Props {
  readonly run: RunModel;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
}

/** The steps as a graph: what depends on what, what was repaired, and compensations below a line. `j` and `k` move through it. */
export function RunGraph({ run, selected, onSelect }: Props) {
  const [known] = useState(() => new WeakMap<StepModel, GraphNode>());
  useStepKeys(run, selected, onSelect);
  const { plan, undo } = sectionsOf(run);
  // Models of steps are never changed in place: a node is new only if its step is.
  const nodes = [...plan, ...undo].map((step) => {
    const node = known.get(step) ?? nodeOf(step);
    known.set(step, node);
    return node;
  });
  return (
    <GraphView
      label="Graph of the steps"
      nodes={nodes}
      edges={edgesOf(run)}
      belowLabel="Compensations"
      selected={selected}
      onSelect={onSelect}
    />
  );
}

function nodeOf(step: StepModel): GraphNode {
  const { key, title, does, kind, state, undoes } = step;
  return {
    id: key,
    detail: title === key ? (does ?? kind.toLowerCase()) : title,
    state,
    note: <Note step={step} />,
    ...(undoes !== null && { under: undoes }),
  };
}

function Note({ step }: { readonly step: StepModel }) {
  const items = itemSummary(step);
  if (!items) return <Duration from={step.startedAt} to={step.finishedAt} />;
  return (
    <>
      {items.done}/{items.total}
      {items.failed > 0 && <em> {items.failed} failed</em>}
    </>
  );
}

function edgesOf({ steps }: RunModel): GraphEdge[] {
  const edges: GraphEdge[] = [];
  for (const { key, dependsOn, repair, undoes } of steps.values()) {
    if (undoes === null) for (const from of dependsOn) if (steps.has(from)) edges.push({ from, to: key });
    if (repair && steps.has(repair.step)) {
      edges.push({ from: repair.step, to: key, kind: 'repair', label: `repair ${repair.round}` });
    }
  }
  return edges;
}
