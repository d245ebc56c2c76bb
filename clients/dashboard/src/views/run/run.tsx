import { Suspense } from 'react';
import { useParams } from 'wouter';
import { useRun } from '../../../../sdk/src/react/index.ts';
import { client } from '../../api/client.ts';
import { RunFactsDocument } from '../../api/generated/graphql.ts';
import { choice, text, useUrlState } from '../../api/url-state.ts';
import { isGraphFirst } from '../../parts/graph/graph-first.ts';
import { PageNeighbors } from '../../shell/neighbors.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { loaded } from '../../ui/loaded.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { FailureFirst } from './failure-first.tsx';
import styles from './run.module.css';
import { RunActions } from './run-actions.tsx';
import { RunFacts } from './run-facts.tsx';
import { RunLog } from './run-log.tsx';
import { firstToShow, titleOf } from './run-model.ts';
import { RunPayloads } from './run-payloads.tsx';
import { StepList } from './step-list.tsx';
import { StepPanel } from './step-panel.tsx';
import { Timeline } from './timeline/timeline.tsx';

const PARAMS = {
  /** `auto`: the graph, or the list where a graph shows too little. */
  view: choice('auto', 'graph', 'list', 'time', 'log', 'data'),
  step: text,
  tab: choice('log', 'agent', 'input', 'output', 'decision', 'tools', 'attempts'),
  /** Of the log of the step, or of all steps in `log`. */
  line: text,
  /** The span of the timeline; the whole run without them. */
  from: text,
  to: text,
};

const RunGraph = loaded(() => import('./run-graph.tsx'), 'RunGraph');

const VIEWS = [
  { value: 'graph', label: 'Graph' },
  { value: 'list', label: 'Steps' },
  { value: 'time', label: 'Timeline' },
  { value: 'log', label: 'Log' },
  { value: 'data', label: 'Inputs and outputs' },
] as const;

/** Views that have the whole width. */
const WIDE: readonly string[] = ['graph', 'time', 'log', 'data'];

/** `/runs/:id`: one run, followed until it has ended. It opens at what failed. */
export function RunPage() {
  const { id = '' } = useParams<{ id: string }>();
  const [url, setUrl] = useUrlState(PARAMS);
  const { data: run, error, refresh } = useRun(client, id);
  if (!run) {
    return (
      <Page title="Run">
        {error ? <NoRun error={error} id={id} retry={refresh} /> : <Skeleton rows={10} label="Loading the run" />}
      </Page>
    );
  }
  const selected = run.steps.get(url.step) ?? firstToShow(run);
  const select = (step: string) => setUrl({ step, line: '' });
  const view = url.view !== 'auto' ? url.view : isGraphFirst(run.steps.size) ? 'graph' : 'list';
  const show = (next: typeof view) =>
    // A line of one log need not be in another.
    setUrl({ view: next, ...((view === 'log' || next === 'log') && { line: '' }) });
  const showLog = (step: string, line = '') =>
    setUrl({ step, tab: 'log', line, ...((view === 'log' || view === 'data') && { view: 'auto' }) });
  return (
    <Page
      title={titleOf(run)}
      query={queryOf(RunFactsDocument, { id })}
      actions={
        <>
          <PageNeighbors of="run" path={`/runs/${id}`} />
          <RunActions run={run} onChanged={refresh} />
        </>
      }
      lead={
        <div className={styles.lead}>
          <StateMark state={run.state} word />
          <div>
            <RunFacts run={run} />
          </div>
        </div>
      }
    >
      {error && <ErrorNotice error={error} retry={refresh} />}
      <FailureFirst run={run} onShow={showLog} />
      <div className={styles.columns} data-wide={WIDE.includes(view) || undefined}>
        <div className={styles.steps}>
          <Tabs label="Views of the run" tabs={VIEWS} value={view} onChange={show}>
            {view === 'graph' && (
              <Suspense fallback={<Skeleton rows={8} label="Loading the graph" />}>
                <RunGraph run={run} selected={selected?.key} onSelect={select} />
              </Suspense>
            )}
            {view === 'list' && <StepList run={run} selected={selected?.key} onSelect={select} />}
            {view === 'time' && (
              <Timeline
                key={run.id}
                run={run}
                selected={selected?.key}
                onSelect={select}
                from={url.from}
                to={url.to}
                onSpan={(from, to) => setUrl({ from, to })}
              />
            )}
            {view === 'log' && <RunLog run={run} onStep={(step, line) => showLog(step, String(line))} />}
            {view === 'data' && <RunPayloads run={run} />}
          </Tabs>
        </div>
        {selected && view !== 'log' && view !== 'data' && (
          <StepPanel run={run} step={selected} tab={url.tab} onTab={(tab) => setUrl({ tab })} onChanged={refresh} />
        )}
      </div>
    </Page>
  );
}

function NoRun({
  error,
  id,
  retry,
}: {
  readonly error: { readonly code: string };
  readonly id: string;
  readonly retry: () => void;
}) {
  if (error.code !== 'NOT_FOUND') return <ErrorNotice error={error} retry={retry} />;
  return (
    <Empty title="There is no such run">
      <p>
        <code>{id}</code> does not exist, it was removed after its retention time, or you may not see it.
      </p>
    </Empty>
  );
}
