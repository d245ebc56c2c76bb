import { memo } from 'react';
import { Link } from 'wouter';
import type { RunRow } from '../../../../sdk/src/react/index.ts';
import { useRememberedList } from '../../shell/remembered-list.ts';
import { StateMark } from '../../ui/state-mark.tsx';
import { Duration, Time } from '../../ui/time.tsx';
import { type RowDetails, useRowDetails } from './row-details.ts';
import { RunResult } from './run-result.tsx';
import styles from './runs.module.css';

interface Props {
  readonly runs: readonly RunRow[];
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (id: string) => void;
}

/** Rows whose details are one request. */
const GROUP = 50;

/** The runs, each with its state, its progress, and why it failed or what it waits for. */
export function RunTable({ runs, isBusy, ...selection }: Props & { readonly isBusy: boolean }) {
  const groups = Array.from({ length: Math.ceil(runs.length / GROUP) }, (_, n) =>
    runs.slice(n * GROUP, (n + 1) * GROUP),
  );
  useRememberedList(runs.map(({ id }) => `/runs/${id}`));
  return (
    <table className={styles.table} aria-busy={isBusy || undefined}>
      <thead>
        <tr>
          <th className={styles.select}>
            <span className="visually-hidden">Selected</span>
          </th>
          <th>Run</th>
          <th className={styles.steps}>Steps</th>
          <th className={styles.by}>By</th>
          <th className={styles.when}>Started</th>
          <th className={styles.took}>Took</th>
          <th>Result</th>
        </tr>
      </thead>
      {groups.map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of a group stay in it
        <RunGroup key={index} runs={group} {...selection} />
      ))}
    </table>
  );
}

function RunGroup({ runs, selected, onSelect }: Props) {
  const details = useRowDetails(runs);
  return (
    <tbody>
      {runs.map((run) => (
        <RunLine
          key={run.id}
          run={run}
          details={details.get(run.id)}
          isSelected={selected.has(run.id)}
          onSelect={onSelect}
        />
      ))}
    </tbody>
  );
}

interface LineProps {
  readonly run: RunRow;
  readonly details: RowDetails | undefined;
  readonly isSelected: boolean;
  readonly onSelect: (id: string) => void;
}

/** Renders again only when its run or its selection has changed. */
const RunLine = memo(
  function RunLine({ run, details, isSelected, onSelect }: LineProps) {
    const name = run.workflow ?? run.goal ?? details?.does ?? run.kind.toLowerCase();
    const labels = Object.entries((run.labels ?? {}) as Readonly<Record<string, unknown>>);
    return (
      <tr data-row={run.id} aria-selected={isSelected}>
        <td className={styles.select}>
          <input
            type="checkbox"
            aria-label={`Select ${name}`}
            checked={isSelected}
            onChange={() => onSelect(run.id)}
            title="Select (x)"
          />
        </td>
        <td className={styles.name}>
          <div>
            <StateMark state={run.state} /> <Link href={`/runs/${run.id}`}>{name}</Link>
            {run.workflow && run.goal && <small> {run.goal}</small>}
            {labels.map(([label, value]) => (
              <small key={label} className={styles.label}>
                {label}={String(value)}
              </small>
            ))}
          </div>
        </td>
        <td className={styles.steps}>{stepsText(run)}</td>
        <td className={styles.by}>{run.principal.username}</td>
        <td className={styles.when}>
          <Time at={run.createdAt} />
        </td>
        <td className={styles.took}>
          <Duration from={run.startedAt} to={run.finishedAt} />
        </td>
        <td className={styles.result}>
          <RunResult run={run} details={details} />
        </td>
      </tr>
    );
  },
  (before, after) =>
    before.run === after.run && before.isSelected === after.isSelected && before.details === after.details,
);

function stepsText({ stepCounts }: RunRow): string {
  const total = stepCounts.reduce((sum, { count }) => sum + count, 0);
  const done = stepCounts.find(({ state }) => state === 'SUCCEEDED')?.count ?? 0;
  return total === 0 ? '' : `${done}/${total}`;
}
