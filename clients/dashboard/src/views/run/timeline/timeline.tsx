import { isFinalRunState, type RunModel, type StepModel } from '../../../../../sdk/src/live/index.ts';
import { useNow } from '../../../api/now.ts';
import { StateMark } from '../../../ui/state-mark.tsx';
import { STATES } from '../../../ui/states.ts';
import { durationText } from '../../../ui/time-text.ts';
import { sectionsOf } from '../run-model.ts';
import styles from './timeline.module.css';

interface Props {
  readonly run: RunModel;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
}

const TICKS = 5;

/** When each step waited and ran. Bars of what runs grow with the time, and stop when the connection is lost. */
export function Timeline({ run, selected, onSelect }: Props) {
  const now = useNow();
  const begin = Date.parse(run.createdAt);
  const end = run.finishedAt && isFinalRunState(run.state) ? Date.parse(run.finishedAt) : now;
  const span = Math.max(1, end - begin);
  const { plan, undo } = sectionsOf(run);
  return (
    <div className={styles.timeline}>
      <div className={styles.axis} aria-hidden="true">
        {Array.from({ length: TICKS }, (_, tick) => (span * tick) / (TICKS - 1)).map((at) => (
          <span key={at}>{durationText(at)}</span>
        ))}
      </div>
      <ol aria-label="Timeline of the steps">
        {[...plan, ...undo].map((step) => (
          <li key={step.key}>
            <button type="button" aria-current={step.key === selected || undefined} onClick={() => onSelect(step.key)}>
              <span className={styles.label}>
                <StateMark state={step.state} /> {step.key}
              </span>
              <span className={styles.track}>
                <Bars step={step} begin={begin} span={span} now={end} />
              </span>
              <span className="visually-hidden">{spoken(step, now)}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

interface BarsProps {
  readonly step: StepModel;
  readonly begin: number;
  readonly span: number;
  readonly now: number;
}

function Bars({ step, begin, span, now }: BarsProps) {
  const { scheduledAt, startedAt, finishedAt, state } = step;
  const started = startedAt ? Date.parse(startedAt) : undefined;
  const queued = scheduledAt ? Date.parse(scheduledAt) : undefined;
  const place = (from: number, to: number) => ({
    left: `${(100 * (from - begin)) / span}%`,
    width: `max(2px, ${(100 * Math.max(0, to - from)) / span}%)`,
  });
  return (
    <>
      {queued !== undefined && (started === undefined || started > queued) && (
        <i className={styles.waiting} style={place(queued, started ?? now)} />
      )}
      {started !== undefined && (
        <i
          className={styles.bar}
          data-tone={STATES[state].tone}
          style={place(started, finishedAt ? Date.parse(finishedAt) : now)}
        />
      )}
    </>
  );
}

function spoken({ startedAt, finishedAt }: StepModel, now: number): string {
  if (!startedAt) return 'not started';
  return durationText((finishedAt ? Date.parse(finishedAt) : now) - Date.parse(startedAt));
}
