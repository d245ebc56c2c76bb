import { EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import styles from './graph.module.css';

/** How far an arc reaches below its ends. */
const DEPTH = 48;

/** A dashed arc from what failed to what ran again to repair it. */
export function RepairEdge({ id, sourceX, sourceY, targetX, targetY, label, markerEnd }: EdgeProps) {
  const depth = Math.max(sourceY, targetY) + DEPTH;
  const path = `M ${sourceX},${sourceY} C ${sourceX},${depth} ${targetX},${depth} ${targetX},${targetY}`;
  const x = (sourceX + targetX) / 2;
  // The lowest point of the curve.
  const y = (sourceY + targetY) / 8 + (depth * 3) / 4;
  return (
    <>
      <path id={id} d={path} className={styles.repair} markerEnd={markerEnd} />
      <EdgeLabelRenderer>
        <span className={styles.repairLabel} style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
          {label}
        </span>
      </EdgeLabelRenderer>
    </>
  );
}
