import '@xyflow/react/dist/base.css';
import {
  type Connection,
  Controls,
  type Edge,
  MarkerType,
  Panel,
  ReactFlow,
  type ReactFlowInstance,
} from '@xyflow/react';
import { Trash2 } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import styles from './graph.module.css';
import { createCurrentNodes, type FlowLine, type FlowNode, type GraphNode, LineNode, StepNode } from './graph-node.tsx';
import { layoutGraph, NODE } from './layout.ts';
import { RepairEdge } from './repair-edge.tsx';

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Repair: `to` ran again because `from` failed. It does not count for the layout. */
  readonly kind?: 'order' | 'repair';
  readonly label?: string;
}

interface Props {
  /** What the graph is of, for screen readers. */
  readonly label: string;
  /** In the order in which people read them. Nodes that have not changed must be the same objects. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Above the nodes that stand below the line. */
  readonly belowLabel?: string;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  /** Edges can be drawn, and one was. */
  readonly onConnect?: (from: string, to: string) => void;
  /** Edges can be removed: one was selected, and its button or Delete was pressed. */
  readonly onDisconnect?: (from: string, to: string) => void;
}

const NODE_TYPES = { step: StepNode, line: LineNode };
const EDGE_TYPES = { repair: RepairEdge };
const ARROW = { type: MarkerType.ArrowClosed, color: 'var(--line-strong)', width: 16, height: 16 };
/** The attributes of the library describe what can be edited. */
const NO_DESCRIPTION = { 'aria-roledescription': undefined };
const FIT = { padding: 0.06, maxZoom: 1, minZoom: 0.5 };
/** Where the first node of a graph that does not fit begins, in pixels. */
const BEGINNING = 16;
/** Above and below the nodes, for arcs and controls. */
const MARGIN = 120;

type Flow = FlowNode | FlowLine;

/** A graph of steps, from left to right. What it shows and what is selected is given. */
export function GraphView({
  label,
  nodes,
  edges,
  belowLabel = '',
  selected,
  onSelect,
  onConnect,
  onDisconnect,
}: Props) {
  const [current] = useState(() => createCurrentNodes(nodes));
  useLayoutEffect(() => current.set(nodes), [current, nodes]);
  const structure = JSON.stringify([nodes.map(({ id, under }) => [id, under]), edges]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the structure says when they have changed
  const { layout, unselected, unmarked } = useMemo(() => {
    const layout = layoutOf(nodes, edges);
    const repairs = new Set(edges.flatMap(({ from, to, kind }) => (kind === 'repair' ? [from, to] : [])));
    const unselected: Flow[] = nodes.map((node) =>
      flowNodeOf(node, layout.places.get(node.id) ?? ORIGIN, { current, hasRepairs: repairs.has(node.id) }),
    );
    if (layout.line) unselected.push(lineOf(layout.line, belowLabel));
    return { layout, unselected, unmarked: edges.map(flowEdgeOf) };
  }, [structure]);
  const flowNodes = useMemo(
    () => unselected.map((node) => (node.id === selected ? { ...node, selected: true } : node)),
    [unselected, selected],
  );
  const [edgeId, setEdgeId] = useState<string>();
  const edge = onDisconnect && unmarked.find(({ id, type }) => id === edgeId && type === undefined);
  const flowEdges = edge ? unmarked.map((one) => (one === edge ? { ...one, selected: true } : one)) : unmarked;
  const disconnect = () => edge && onDisconnect?.(edge.source, edge.target);

  const frame = useRef<HTMLElement>(null);
  // Other functions at each render would render all nodes and edges again.
  const latest = useRef({ onSelect, onConnect });
  useEffect(() => {
    latest.current = { onSelect, onConnect };
  });
  const onNodeClick = useCallback((_: unknown, { id, type }: Flow) => {
    setEdgeId(undefined);
    if (type === 'step') latest.current.onSelect(id);
  }, []);
  const onEdgeClick = useCallback((_: unknown, { id }: Edge) => {
    setEdgeId(id);
    // For the keys: an edge itself takes no focus, since lists say the same to the keyboard.
    frame.current?.focus({ preventScroll: true });
  }, []);
  const onPaneClick = useCallback(() => setEdgeId(undefined), []);
  const onEdgeDrawn = useCallback(({ source, target }: Connection) => latest.current.onConnect?.(source, target), []);

  const flow = useRef<ReactFlowInstance<Flow>>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown changes only when there are other nodes
  useEffect(() => void showAll(flow.current, selected), [structure]);

  return (
    <section
      ref={frame}
      className={styles.graph}
      aria-label={label}
      data-removes-edges={onDisconnect !== undefined || undefined}
      tabIndex={-1}
      onKeyDown={({ key }) => {
        if (key === 'Delete' || key === 'Backspace') disconnect();
        if (key === 'Escape') setEdgeId(undefined);
      }}
      style={{ height: `clamp(220px, ${layout.height + MARGIN}px, 56vh)` }}
      onFocus={({ target }) => reveal(target, flow.current)}
    >
      <ReactFlow<Flow>
        nodes={flowNodes}
        edges={flowEdges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onInit={(instance) => {
          flow.current = instance;
          void showAll(instance, selected);
        }}
        onNodeClick={onNodeClick}
        onEdgeClick={onEdgeClick}
        onPaneClick={onPaneClick}
        minZoom={0.1}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={onConnect !== undefined}
        onConnect={onEdgeDrawn}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        deleteKeyCode={null}
        disableKeyboardA11y
      >
        {edge && (
          <Panel position="top-right">
            <Button onClick={disconnect}>
              <Trash2 size={13} aria-hidden="true" /> Remove {edge.source} → {edge.target}
            </Button>
          </Panel>
        )}
        <Controls orientation="horizontal" showInteractive={false} fitViewOptions={FIT} />
      </ReactFlow>
    </section>
  );
}

const ORIGIN = { x: 0, y: 0 };

function layoutOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]) {
  return layoutGraph({
    nodes: nodes.filter(({ under }) => under === undefined).map(({ id }) => id),
    edges: edges.filter(({ kind }) => kind !== 'repair'),
    below: nodes.flatMap(({ id, under }) => (under === undefined ? [] : [{ id, under }])),
  });
}

function flowNodeOf({ id, under }: GraphNode, position: FlowNode['position'], data: FlowNode['data']): FlowNode {
  return {
    id,
    type: 'step',
    position,
    data,
    ...(under !== undefined && { connectable: false }),
    ...NODE,
    measured: NODE,
    domAttributes: NO_DESCRIPTION,
  };
}

function lineOf({ y, left, right }: { y: number; left: number; right: number }, label: string): FlowLine {
  const size = { width: right - left, height: 20 };
  return {
    id: ' line',
    type: 'line',
    position: { x: left, y: y - size.height },
    data: { label },
    ...size,
    measured: size,
    domAttributes: NO_DESCRIPTION,
  };
}

function flowEdgeOf({ from, to, kind = 'order', label }: GraphEdge): Edge {
  return {
    id: `${kind} ${from} ${to}`,
    source: from,
    target: to,
    markerEnd: ARROW,
    // Buttons and lists say it in words.
    domAttributes: { ...NO_DESCRIPTION, 'aria-hidden': true },
    ...(kind === 'repair' && { type: 'repair', sourceHandle: 'repairs', targetHandle: 'repaired', label }),
  };
}

/** Shows all of the graph; where that would be too small to read, the selected node or its beginning. */
async function showAll(flow: ReactFlowInstance<Flow> | null, selected: string | undefined): Promise<void> {
  await flow?.fitView(FIT);
  if (!flow || flow.getZoom() > FIT.minZoom) return;
  const isCentered = await center(flow, selected);
  const { x, y, zoom } = flow.getViewport();
  if (!isCentered || x > BEGINNING) await flow.setViewport({ x: BEGINNING, y, zoom });
}

/** Resolves with whether there is such a node. */
async function center(flow: ReactFlowInstance<Flow>, id: string | undefined): Promise<boolean> {
  const node = id === undefined ? undefined : flow.getNode(id);
  if (!node) return false;
  const { x, y } = node.position;
  return flow.setCenter(x + NODE.width / 2, y + NODE.height / 2, { zoom: flow.getZoom() });
}

/** Moves the graph so that a node that was reached by the keyboard can be seen. */
function reveal(target: Element, flow: ReactFlowInstance<Flow> | null): void {
  if (flow && target instanceof HTMLElement && target.matches(':focus-visible')) void center(flow, target.dataset.node);
}
