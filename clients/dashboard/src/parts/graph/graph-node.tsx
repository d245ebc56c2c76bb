import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { memo, type ReactNode, useSyncExternalStore } from 'react';
import { StateMark } from '../../ui/state-mark.tsx';
import type { AnyState } from '../../ui/states.ts';
import styles from './graph.module.css';

/** What a graph shows of one thing. A node is drawn again only when this is another object. */
export interface GraphNode {
  readonly id: string;
  /** What it does. */
  readonly detail?: string | undefined;
  readonly state?: AnyState | undefined;
  /** How far it is, or how long it took. */
  readonly note?: ReactNode;
  /** Stands below the line, under this node. */
  readonly under?: string | undefined;
}

/** The nodes as they are now. Each follows it, so that the library does not look at all of them when one has changed. */
export interface CurrentNodes {
  get(id: string): GraphNode | undefined;
  set(nodes: readonly GraphNode[]): void;
  subscribe(listener: () => void): () => void;
}

export function createCurrentNodes(nodes: readonly GraphNode[]): CurrentNodes {
  const byId = (list: readonly GraphNode[]) => new Map(list.map((node) => [node.id, node]));
  const listeners = new Set<() => void>();
  let current = byId(nodes);
  return {
    get: (id) => current.get(id),
    set(next) {
      current = byId(next);
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface StepData extends Record<string, unknown> {
  readonly current: CurrentNodes;
  /** Whether arcs begin or end here. */
  readonly hasRepairs: boolean;
}

export type FlowNode = Node<StepData, 'step'>;

/** A node. It is a button: the keyboard reaches nodes in their order. */
export const StepNode = memo(function StepNode({ id, data, selected, isConnectable }: NodeProps<FlowNode>) {
  const { subscribe, get } = data.current;
  const { detail, state, note } = useSyncExternalStore(subscribe, () => get(id)) ?? {};
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={isConnectable} className={styles.handle} />
      <button type="button" data-node={id} aria-current={selected || undefined} className={`nopan ${styles.node}`}>
        <span className={styles.name}>
          {state && <StateMark state={state} />}
          <b>{id}</b>
        </span>
        <span className={styles.detail}>
          <span>{detail}</span>
          <span className={styles.note}>{note}</span>
        </span>
      </button>
      <Handle type="source" position={Position.Right} isConnectable={isConnectable} className={styles.handle} />
      {data.hasRepairs && <RepairHandles />}
    </>
  );
});

/** Each handle costs time, and few nodes need these. */
function RepairHandles() {
  const shared = { position: Position.Bottom, isConnectable: false, className: styles.handle };
  return (
    <>
      <Handle id="repairs" type="source" {...shared} />
      <Handle id="repaired" type="target" {...shared} />
    </>
  );
}

export type FlowLine = Node<{ readonly label: string }, 'line'>;

/** The line above nodes of another kind. */
export function LineNode({ data, width }: NodeProps<FlowLine>) {
  return (
    <div className={styles.line} style={{ width }}>
      {data.label}
    </div>
  );
}
