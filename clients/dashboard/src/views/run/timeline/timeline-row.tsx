import { memo } from 'react';
import type { StepModel } from '../../../../../sdk/src/live/index.ts';
import { StateMark } from '../../../ui/state-mark.tsx';
import { STATES } from '../../../ui/states.ts';
import { durationText } from '../../../ui/time-text.ts';
import { percentOf, type Span } from './span.ts';
import type { Segment } from './step-times.ts';
import styles from './timeline.module.css';

interface Props {
  readonly step: StepModel;
  readonly segments: readonly Segment[];
  /** Of the span that is shown. */
  readonly from: number;
  readonly to: number;
  /** Undefined when none of the segments lasts. */
  readonly now: number | undefined;
  readonly isSelected: boolean;
  readonly onSelect: (key: string) => void;
}

/** One step: its name, and a bar for each of its segments. Renders again only when something of it has changed. */
export const TimelineRow = memo(function TimelineRow({ step, segments, from, to, now, isSelected, onSelect }: Props) {
  const span = { from, to };
  const ended = segments.map((segment) => ({ ...segment, to: segment.to ?? now ?? segment.from }));
  const attempts = new Set(segments.filter(({ waits }) => !waits).map(({ attempt }) => attempt)).size;
  const shown = ended.filter((one) => one.to >= from && one.from <= to);
  const outside =
    ended.length > 0 && shown.length === 0 ? ((ended[0]?.from ?? 0) < from ? 'before' : 'after') : undefined;
  return (
    <li>
      <button
        type="button"
        data-step={step.key}
        aria-current={isSelected || undefined}
        onClick={() => onSelect(step.key)}
      >
        <span className={styles.label}>
          <StateMark state={step.state} /> <b>{step.key}</b> {attempts > 1 && <small>{attempts} attempts</small>}
        </span>
        <span className={styles.track} data-outside={outside}>
          {shown.map((segment) => (
            <Bar key={`${segment.from} ${segment.waits}`} segment={segment} span={span} />
          ))}
        </span>
        <span className="visually-hidden">
          {ended.length === 0 ? 'not started' : ended.map(segmentText).join(', ')}
        </span>
      </button>
    </li>
  );
});

type Ended = Segment & { readonly to: number };

function Bar({ segment, span }: { readonly segment: Ended; readonly span: Span }) {
  const left = Math.max(0, percentOf(span, segment.from));
  const right = Math.min(100, percentOf(span, segment.to));
  return (
    <i
      className={segment.waits ? styles.waiting : styles.attempt}
      // An attempt that failed, whether or not another followed it.
      data-tone={segment.state === 'FAILED_RETRYABLE' && !segment.waits ? 'bad' : STATES[segment.state].tone}
      style={{ left: `min(${left}%, 100% - 3px)`, width: `max(3px, ${right - left}%)` }}
      title={segmentText(segment)}
    />
  );
}

/** `attempt 2 failed after 1.2s`, `queued 30 ms`. */
function segmentText({ from, to, waits, attempt, state }: Ended): string {
  const took = durationText(to - from);
  if (waits) return state === 'FAILED_RETRYABLE' ? `waited ${took} before a retry` : `${WORDS(state)} ${took}`;
  return `attempt ${attempt} ${state === 'FAILED_RETRYABLE' ? 'failed' : WORDS(state)} after ${took}`;
}

const WORDS = (state: Segment['state']) => STATES[state].word.toLowerCase();
