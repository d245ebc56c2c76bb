import { Suspense, useMemo } from 'react';
import { RunCountDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import { loaded } from '../../ui/loaded.tsx';
import { Empty } from '../../ui/notice.tsx';
import { type Chip, chipsOf, filterOf, type RunQuery } from './run-filter.ts';
import styles from './runs.module.css';
import { useChipTime } from './use-chip-time.ts';

const FirstRun = loaded(() => import('./first-run.tsx'), 'FirstRun');

interface Props {
  readonly query: RunQuery;
  readonly onChange: (changes: Partial<RunQuery>) => void;
}

/** Why the list is empty: the condition that excludes them, or that nothing has run yet. */
export function EmptyRuns({ query, onChange }: Props) {
  const chips = chipsOf(query, useChipTime());
  if (chips.length === 0) {
    return (
      <Suspense>
        <FirstRun />
      </Suspense>
    );
  }
  return (
    <Empty title="No runs match">
      <p>{chips.length === 1 ? 'Remove the condition:' : 'Remove a condition:'}</p>
      <ul className={styles.drop}>
        {chips.map((chip) => (
          <DropChip
            key={`${chip.name} ${chip.value}`}
            chip={chip}
            query={query}
            onDrop={() => onChange(chip.without)}
          />
        ))}
      </ul>
    </Empty>
  );
}

interface DropProps {
  readonly chip: Chip;
  readonly query: RunQuery;
  readonly onDrop: () => void;
}

/** How many runs there would be without the condition. */
function DropChip({ chip, query, onDrop }: DropProps) {
  const filter = useMemo(() => filterOf({ ...query, ...chip.without }, Date.now()), [query, chip.without]);
  const { data } = useRead(RunCountDocument, { filter }, { keepFormer: false });
  const count = data?.runs.totalCount;
  return (
    <li>
      <Button onClick={onDrop}>
        Without {chip.name} <b>{chip.value}</b>
      </Button>{' '}
      {data && count === 0 && 'still none'}
      {data && count !== 0 && `${count}${data.runs.totalCountIsExact ? '' : '+'} ${count === 1 ? 'run' : 'runs'}`}
    </li>
  );
}
