import { Fragment } from 'react';
import { CompareInputsDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { durationText, sizeText } from '../../ui/time-text.ts';
import { Changes } from './changes-table.tsx';
import styles from './compare.module.css';
import type { ComparedStep, StepPair } from './compare-steps.ts';

interface Props {
  readonly a: string;
  readonly b: string;
  readonly pairs: readonly StepPair[];
  /** Key of the step whose inputs are compared. */
  readonly open: string;
  readonly onOpen: (key: string) => void;
}

/** A row for each key, which opens the comparison of the inputs of that step. */
export function StepTable({ a, b, pairs, open, onOpen }: Props) {
  return (
    <table className={styles.steps}>
      <thead>
        <tr>
          <th>Step</th>
          <th>A</th>
          <th>B</th>
          <th>Duration</th>
          <th>Output</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map((pair) => (
          <Fragment key={pair.key}>
            <tr data-differs={pair.differs}>
              <th scope="row">
                <button type="button" aria-expanded={pair.key === open} onClick={() => onOpen(pair.key)}>
                  {pair.key}
                </button>
              </th>
              <StateCell step={pair.a} />
              <StateCell step={pair.b} />
              <td>{durationChange(pair)}</td>
              <td>{outputText(pair)}</td>
            </tr>
            {pair.key === open && (
              <tr>
                <td colSpan={5}>
                  <StepInputs key={pair.key} a={a} b={b} step={pair.key} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function StateCell({ step }: { readonly step: ComparedStep | undefined }) {
  if (!step) return <td>no such step</td>;
  return (
    <td>
      <StateMark state={step.state} word />
      {step.attempt > 1 && ` attempt ${step.attempt}`}
      {step.error && (
        <p className={styles.error}>
          <code>{step.error.code}</code> {step.error.message}
        </p>
      )}
    </td>
  );
}

function durationChange({ a, b }: StepPair): string {
  const before = a?.durationMs;
  const after = b?.durationMs;
  if (before == null || after == null) return '';
  return `${durationText(before)} → ${durationText(after)}${timesText(after / Math.max(1, before))}`;
}

/** Nothing for differences that every run has. */
function timesText(ratio: number): string {
  if (ratio > 0.7 && ratio < 1.4) return '';
  const times = Math.max(ratio, 1 / Math.max(ratio, 0.001));
  return ` (${times >= 10 ? Math.round(times) : times.toFixed(1)} × ${ratio > 1 ? 'slower' : 'faster'})`;
}

function outputText({ a, b, output }: StepPair): string {
  if (output === 'same') return 'the same';
  if (output === 'different')
    return `differs: ${sizeText(a?.resource?.size ?? 0)} → ${sizeText(b?.resource?.size ?? 0)}`;
  if (a?.resource) return 'only in A';
  return b?.resource ? 'only in B' : '';
}

interface InputsProps {
  readonly a: string;
  readonly b: string;
  readonly step: string;
}

function StepInputs({ a, b, step }: InputsProps) {
  const { data, error, refetch } = useRead(CompareInputsDocument, { a, b, key: step }, { keepFormer: false });
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={2} />;
  return (
    <section aria-label={`Input of ${step}`}>
      <h3>Input</h3>
      <Changes a={data.a?.step?.input ?? undefined} b={data.b?.step?.input ?? undefined} />
    </section>
  );
}
