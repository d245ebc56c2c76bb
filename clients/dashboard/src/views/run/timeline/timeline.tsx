import { ChevronLeft, ChevronRight, ZoomIn, ZoomOut } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { isFinalRunState, type RunModel } from '../../../../../sdk/src/live/index.ts';
import { useNow } from '../../../api/now.ts';
import { useSettings } from '../../../api/settings.ts';
import { useKeys } from '../../../shell/keys.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorNotice, Skeleton } from '../../../ui/notice.tsx';
import { clockText, durationText } from '../../../ui/time-text.ts';
import { sectionsOf } from '../run-model.ts';
import { useStepKeys } from '../step-keys.ts';
import { moved, percentOf, type Span, scaled, spanOf, ticksOf, wholeSpan, within } from './span.ts';
import { NO_SEGMENTS } from './step-times.ts';
import { TimeAxis } from './time-axis.tsx';
import styles from './timeline.module.css';
import { TimelineRow } from './timeline-row.tsx';
import { useStepTimes } from './use-step-times.ts';

interface Props {
  readonly run: RunModel;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
  /** The span that is shown, in ISO 8601; empty for the whole run. */
  readonly from: string;
  readonly to: string;
  readonly onSpan: (from: string, to: string) => void;
}

/** When each step waited, and performed which attempt. What lasts grows with the time, and stops when the connection is lost. */
export function Timeline({ run, selected, onSelect, from, to, onSpan }: Props) {
  const now = useNow();
  const { zone } = useSettings();
  const { data: times, error, refresh } = useStepTimes(run);
  useStepKeys(run, selected, onSelect);
  const lasts = !(run.finishedAt && isFinalRunState(run.state));
  const begin = Date.parse(run.createdAt);
  const end = lasts ? Math.max(now, begin) : Date.parse(run.finishedAt ?? '');
  const whole = wholeSpan(begin, end, lasts);
  const zoomed = spanOf(from, to, whole);
  const span = zoomed ?? whole;
  const show = (next: Span) => {
    const inside = within(next, whole);
    onSpan(inside ? new Date(inside.from).toISOString() : '', inside ? new Date(inside.to).toISOString() : '');
  };
  const zoomIn = () => show(scaled(span, 0.5));
  const zoomOut = () => show(scaled(span, 2));
  useKeys({ '+': zoomIn, '-': zoomOut });
  if (!times) {
    return (
      <div className={styles.timeline}>
        {error ? <ErrorNotice error={error} retry={refresh} /> : <Skeleton rows={8} label="Loading the timeline" />}
      </div>
    );
  }
  const move = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -0.25, ArrowRight: 0.25 }[event.key];
    if (by === undefined || !zoomed) return;
    event.preventDefault();
    show(moved(span, by));
  };
  const whyNot = zoomed ? undefined : 'The whole run is shown.';
  const { plan, undo } = sectionsOf(run);
  const ticks = ticksOf(span, zone);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons in it
    <div className={styles.timeline} onKeyDown={move}>
      {error && <ErrorNotice error={error} retry={refresh} />}
      <div className={styles.tools}>
        <p>
          {clockText(span.from, zone, true)} – {clockText(zoomed ? span.to : end, zone, true)}{' '}
          <b>{durationText((zoomed ? span.to : end) - span.from)}</b>
        </p>
        <div>
          {zoomed && (
            <Button look="quiet" onClick={() => onSpan('', '')}>
              Whole run
            </Button>
          )}
          <Button look="quiet" aria-label="Earlier" whyNot={whyNot} onClick={() => show(moved(span, -0.25))}>
            <ChevronLeft size={16} aria-hidden="true" />
          </Button>
          <Button look="quiet" aria-label="Later" whyNot={whyNot} onClick={() => show(moved(span, 0.25))}>
            <ChevronRight size={16} aria-hidden="true" />
          </Button>
          <Button look="quiet" aria-label="Zoom out" title="Zoom out (-)" whyNot={whyNot} onClick={zoomOut}>
            <ZoomOut size={16} aria-hidden="true" />
          </Button>
          <Button look="quiet" aria-label="Zoom in" title="Zoom in (+)" onClick={zoomIn}>
            <ZoomIn size={16} aria-hidden="true" />
          </Button>
        </div>
      </div>
      <div className={styles.scroll}>
        <TimeAxis span={span} ticks={ticks} onSpan={show} onReset={() => onSpan('', '')} />
        <div className={styles.rows}>
          <div className={styles.grid} aria-hidden="true">
            {ticks.map(({ at }) => (
              <i key={at} style={{ left: `${percentOf(span, at)}%` }} />
            ))}
          </div>
          <ol aria-label="Timeline of the steps">
            {[...plan, ...undo].map((step) => {
              const segments = times.get(step.key) ?? NO_SEGMENTS;
              const isOpen = segments.at(-1)?.to === undefined;
              return (
                <TimelineRow
                  key={step.key}
                  step={step}
                  segments={segments}
                  from={span.from}
                  to={span.to}
                  now={isOpen ? end : undefined}
                  isSelected={step.key === selected}
                  onSelect={onSelect}
                />
              );
            })}
          </ol>
        </div>
      </div>
    </div>
  );
}
