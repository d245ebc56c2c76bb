import { type PointerEvent, useState } from 'react';
import { percentOf, type Span } from './span.ts';
import styles from './timeline.module.css';

interface Props {
  readonly span: Span;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  readonly onSpan: (span: Span) => void;
  readonly onReset: () => void;
}

/** A shorter drag is a click. */
const MIN_DRAG_PX = 4;

/** The time above the bars. A drag over it chooses the span between, a double click the whole run; the buttons above it do the same. */
export function TimeAxis({ span, ticks, onSpan, onReset }: Props) {
  const [drag, setDrag] = useState<{ readonly startX: number; readonly from: number; readonly to: number }>();
  const momentAt = ({ currentTarget, clientX }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    return span.from + Math.max(0, Math.min(1, (clientX - left) / width)) * (span.to - span.from);
  };
  const brushed = drag && { from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) };
  return (
    <div className={styles.head} aria-hidden="true">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons above do the same without a pointer */}
      <div
        className={styles.axis}
        title="Drag to zoom, double-click for the whole run"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const at = momentAt(event);
          setDrag({ startX: event.clientX, from: at, to: at });
        }}
        onPointerMove={(event) => drag && setDrag({ ...drag, to: momentAt(event) })}
        onPointerUp={({ clientX }) => {
          setDrag(undefined);
          if (brushed && drag && Math.abs(clientX - drag.startX) >= MIN_DRAG_PX) onSpan(brushed);
        }}
        onPointerCancel={() => setDrag(undefined)}
        onDoubleClick={onReset}
      >
        {ticks.map(({ at, text }) => (
          <span key={at} style={{ left: `${percentOf(span, at)}%` }}>
            {text}
          </span>
        ))}
        {brushed && (
          <i
            style={{
              left: `${percentOf(span, brushed.from)}%`,
              width: `${percentOf(span, brushed.to) - percentOf(span, brushed.from)}%`,
            }}
          />
        )}
      </div>
    </div>
  );
}
