import { useState } from 'react';
import type { RunModel, StepModel } from '../../../../sdk/src/live/index.ts';
import { StepItemsDocument, type StepState } from '../../api/generated/graphql.ts';
import { useReadPages } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { STATES } from '../../ui/states.ts';
import { Duration } from '../../ui/time.tsx';
import styles from './run.module.css';

/** The items of a `for_each`, by state. They are read when somebody opens them. */
export function StepItems({ run, step }: { readonly run: RunModel; readonly step: StepModel }) {
  const [isOpen, setOpen] = useState(false);
  const [state, setState] = useState<StepState>();
  const counts = Object.entries(step.itemCounts) as [StepState, number][];
  const { nodes, hasNextPage, fetchNextPage } = useReadPages(
    StepItemsDocument,
    { id: run.id, key: step.key, ...(state && { state: [state] }) },
    (result) => result.run?.step?.items,
    { enabled: isOpen },
  );
  if (counts.length === 0) return null;
  return (
    <details className={styles.itemTable} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Items:{' '}
        {counts.map(([one, count]) => (
          <span key={one}>
            <StateMark state={one} /> {count} {STATES[one].word.toLowerCase()}{' '}
          </span>
        ))}
      </summary>
      <div className={styles.filters}>
        {counts.map(([one]) => (
          <button
            key={one}
            type="button"
            aria-pressed={state === one}
            onClick={() => setState(state === one ? undefined : one)}
          >
            {STATES[one].word}
          </button>
        ))}
      </div>
      <ol>
        {nodes?.map((item) => (
          <li key={item.key}>
            <StateMark state={item.state} /> <code>{item.key}</code>{' '}
            <Duration from={item.startedAt} to={item.finishedAt} /> {item.error && <em>{item.error.message}</em>}
          </li>
        ))}
      </ol>
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>Show more</Button>}
    </details>
  );
}
