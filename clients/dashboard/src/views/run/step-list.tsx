import { memo } from 'react';
import type { RunModel, StepModel } from '../../../../sdk/src/live/index.ts';
import { StateMark } from '../../ui/state-mark.tsx';
import { Duration, Time } from '../../ui/time.tsx';
import styles from './run.module.css';
import { itemSummary, sectionsOf } from './run-model.ts';
import { useStepKeys } from './step-keys.ts';

interface Props {
  readonly run: RunModel;
  readonly selected: string | undefined;
  readonly onSelect: (key: string) => void;
}

/** The steps as a list. `j` and `k` move through it. */
export function StepList({ run, selected, onSelect }: Props) {
  const { plan, undo } = sectionsOf(run);
  useStepKeys(run, selected, onSelect);
  const row = (step: StepModel) => (
    <StepRow key={step.key} step={step} isSelected={step.key === selected} onSelect={onSelect} />
  );
  return (
    <>
      <ol className={styles.list} aria-label="Steps">
        {plan.map(row)}
      </ol>
      {undo.length > 0 && (
        <>
          <h3 className={styles.divider}>Compensations</h3>
          <ol className={styles.list} aria-label="Compensations">
            {undo.map(row)}
          </ol>
        </>
      )}
    </>
  );
}

interface RowProps {
  readonly step: StepModel;
  readonly isSelected: boolean;
  readonly onSelect: (key: string) => void;
}

/** Renders again only when its step has changed: models of steps are never changed in place. */
const StepRow = memo(function StepRow({ step, isSelected, onSelect }: RowProps) {
  const {
    key,
    title,
    does,
    kind,
    state,
    attempt,
    maxAttempts,
    error,
    startedAt,
    finishedAt,
    wakeAt,
    approval,
    progress,
  } = step;
  return (
    <li>
      <button type="button" aria-current={isSelected || undefined} onClick={() => onSelect(key)} className={styles.row}>
        <StateMark state={state} />
        <span className={styles.name}>
          <b>{key}</b> <small>{title === key ? (does ?? kind.toLowerCase()) : title}</small>
        </span>
        <span className={styles.detail}>
          <Items step={step} />
          {attempt > 1 && `attempt ${attempt}/${maxAttempts} `}
          {progress &&
            !finishedAt &&
            `${progress.percent ?? ''}${progress.percent === null ? '' : '%'} ${progress.memo ?? ''}`}
          {state === 'WAITING' &&
            approval?.state === 'OPEN' &&
            `waits for ${approval.roles.join(' or ') || 'an approval'}`}
          {state === 'WAITING' && approval?.state !== 'OPEN' && wakeAt && (
            <>
              until <Time at={wakeAt} />
            </>
          )}
          {error && <em>{error.message}</em>}
        </span>
        <span className={styles.duration}>
          <Duration from={startedAt} to={finishedAt} />
        </span>
      </button>
    </li>
  );
});

function Items({ step }: { readonly step: StepModel }) {
  const items = itemSummary(step);
  if (!items) return null;
  const { done, failed, total } = items;
  return (
    <span className={styles.items}>
      <progress value={done + failed} max={total} aria-label={`${done + failed} of ${total} items`} /> {done}/{total}
      {failed > 0 && <em> {failed} failed</em>}
    </span>
  );
}
