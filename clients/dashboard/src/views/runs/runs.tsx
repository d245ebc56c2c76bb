import { Link } from 'wouter';
import { type RunFilter, type RunLineFragment, RunListDocument, type RunState } from '../../api/generated/graphql.ts';
import { useReadPages } from '../../api/query.ts';
import { list, text, useUrlState } from '../../api/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { RUN_STATES, STATES } from '../../ui/states.ts';
import { Duration, Time } from '../../ui/time.tsx';
import styles from './runs.module.css';

const PARAMS = { state: list, q: text };

/** `/runs`: what has run, newest first. */
export function Runs() {
  const [url, setUrl] = useUrlState(PARAMS);
  const states = RUN_STATES.filter((state) => url.state.includes(state));
  const filter: RunFilter = { ...(states.length > 0 && { state: states }), ...(url.q !== '' && { q: url.q }) };
  const { nodes, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useReadPages(
    RunListDocument,
    { filter },
    ({ runs }) => runs,
  );
  const toggle = (state: RunState) =>
    setUrl({ state: states.includes(state) ? states.filter((one) => one !== state) : [...states, state] });
  return (
    <Page title="Runs">
      <div className={styles.filters}>
        {RUN_STATES.map((state) => (
          <button key={state} type="button" aria-pressed={states.includes(state)} onClick={() => toggle(state)}>
            <StateMark state={state} /> {STATES[state].word}
          </button>
        ))}
        <input
          type="search"
          aria-label="Search runs"
          placeholder="Search"
          value={url.q}
          onChange={({ target }) => setUrl({ q: target.value })}
        />
      </div>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!nodes && !error && <Skeleton rows={12} label="Loading runs" />}
      {nodes?.length === 0 && (
        <Empty title="No runs match">
          <p>Remove a condition, or start a run in the playground.</p>
        </Empty>
      )}
      {nodes && nodes.length > 0 && <RunTable runs={nodes} />}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older
        </Button>
      )}
    </Page>
  );
}

function RunTable({ runs }: { readonly runs: readonly RunLineFragment[] }) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th>Run</th>
          <th>Steps</th>
          <th>By</th>
          <th>Started</th>
          <th>Took</th>
          <th>Result</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <RunLine key={run.id} run={run} />
        ))}
      </tbody>
    </table>
  );
}

function RunLine({ run }: { readonly run: RunLineFragment }) {
  const total = run.stepCounts.reduce((sum, { count }) => sum + count, 0);
  const done = run.stepCounts.find(({ state }) => state === 'SUCCEEDED')?.count ?? 0;
  return (
    <tr>
      <td>
        <StateMark state={run.state} />{' '}
        <Link href={`/runs/${run.id}`}>{run.workflow ?? run.goal ?? run.kind.toLowerCase()}</Link>
      </td>
      <td>
        {done}/{total}
      </td>
      <td>{run.principal.username}</td>
      <td>
        <Time at={run.createdAt} />
      </td>
      <td>
        <Duration from={run.startedAt} to={run.finishedAt} />
      </td>
      <td className={styles.error}>{run.error && `${run.error.code} ${run.error.message}`}</td>
    </tr>
  );
}
