import { useMemo, useState } from 'react';
import { useRuns } from '../../../../sdk/src/react/index.ts';
import { client } from '../../api/client.ts';
import { RunListDocument } from '../../api/generated/graphql.ts';
import { useUrlState } from '../../api/url-state.ts';
import { useKeys } from '../../shell/keys.ts';
import { useRowKeys } from '../../shell/row-keys.ts';
import { Button } from '../../ui/button.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyRuns } from './empty-runs.tsx';
import { FilterBar } from './filter-bar.tsx';
import { RunBars } from './run-bars.tsx';
import { FILTER_PARAMS, filterOf, type RunQuery } from './run-filter.ts';
import { RunTable } from './run-table.tsx';
import { SavedViews } from './saved-views.tsx';
import { SelectedRuns } from './selected-runs.tsx';

/** As many as one action may change. */
const MAX_SELECTED = 100;

/** `/runs`: what has run, newest first. Rows follow their runs and stay where they are; new ones are counted until somebody wants them. */
export function Runs() {
  const [query, setUrl] = useUrlState(FILTER_PARAMS);
  const filter = useMemo(() => filterOf(query, Date.now()), [query]);
  const { data, error, refresh, showNew } = useRuns(client, { filter });
  const list = useFormer(data);
  const [selected, select] = useSelection();
  const change = (changes: Partial<RunQuery>) => setUrl(changes, { push: true });
  useRowKeys();
  useKeys({ n: () => showNew(), Escape: selected.size > 0 ? () => select.clear() : undefined });
  const newCount = data?.newCount ?? 0;
  return (
    <Page
      title="Runs"
      query={queryOf(RunListDocument, { filter, first: 50 })}
      actions={
        <>
          {newCount > 0 && (
            <Button look="primary" onClick={showNew} title="Show them (n)">
              {newCount >= 1_000 ? '1,000+' : newCount} new
            </Button>
          )}
          <SavedViews query={query} />
        </>
      }
    >
      <RunBars query={query} filter={filter} onChange={change} />
      <FilterBar query={query} runs={list?.runs ?? []} onChange={change} />
      {error && <ErrorNotice error={error} retry={refresh} />}
      {!list && !error && <Skeleton rows={12} label="Loading runs" />}
      {data?.runs.length === 0 && <EmptyRuns query={query} onChange={change} />}
      {list && list.runs.length > 0 && (
        <RunTable runs={list.runs} isBusy={!data} selected={selected} onSelect={select.toggle} />
      )}
      {list?.hasMore && (
        <div>
          <Button onClick={list.loadMore}>Show older</Button>
        </div>
      )}
      {selected.size > 0 && (
        <SelectedRuns runs={(list?.runs ?? []).filter(({ id }) => selected.has(id))} onClear={select.clear} />
      )}
    </Page>
  );
}

/** The value, or while it is read the one before. */
function useFormer<T>(value: T | undefined): T | undefined {
  const [former, setFormer] = useState(value);
  if (value !== undefined && value !== former) setFormer(value);
  return value ?? former;
}

function useSelection() {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) =>
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(id) && after.size < MAX_SELECTED) after.add(id);
      return after;
    });
  return [selected, { toggle, clear: () => setSelected(new Set()) }] as const;
}
