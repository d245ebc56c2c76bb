import { useParams } from 'wouter';
import { useRun } from '../../../../sdk/src/react/index.ts';
import { client } from '../../api/client.ts';
import { choice, text, useUrlState } from '../../api/url-state.ts';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { FailureFirst } from './failure-first.tsx';
import styles from './run.module.css';
import { RunActions } from './run-actions.tsx';
import { RunFacts } from './run-facts.tsx';
import { firstToShow, titleOf } from './run-model.ts';
import { RunNeighbors } from './run-neighbors.tsx';
import { RunPayloads } from './run-payloads.tsx';
import { StepList } from './step-list.tsx';
import { StepPanel } from './step-panel.tsx';
import { Timeline } from './timeline.tsx';

const PARAMS = {
  view: choice('list', 'time', 'data'),
  step: text,
  tab: choice('log', 'input', 'output', 'decision', 'tools', 'attempts'),
  /** Of the log of the step. */
  line: text,
};

const VIEWS = [
  { value: 'list', label: 'Steps' },
  { value: 'time', label: 'Timeline' },
  { value: 'data', label: 'Inputs and outputs' },
] as const;

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
  return (
    <Page
      title={titleOf(run)}
      actions={
        <>
          <RunNeighbors id={id} />
          <RunActions run={run} onChanged={refresh} />
        </>
      }
      lead={
        <>
          <StateMark state={run.state} word /> <RunFacts run={run} />
        </>
      }
    >
      {error && <ErrorNotice error={error} retry={refresh} />}
      <FailureFirst run={run} onShow={(step) => setUrl({ step, tab: 'log', line: '' })} />
      <div className={styles.columns}>
        <div className={styles.steps}>
          <Tabs label="Views of the run" tabs={VIEWS} value={url.view} onChange={(view) => setUrl({ view })}>
            {url.view === 'list' && <StepList run={run} selected={selected?.key} onSelect={select} />}
            {url.view === 'time' && <Timeline run={run} selected={selected?.key} onSelect={select} />}
            {url.view === 'data' && <RunPayloads run={run} />}
          </Tabs>
        </div>
        {selected && url.view !== 'data' && (
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
        <code>{id}</code> does not exist, or you may not see it. Runs may have been removed by retention.
      </p>
    </Empty>
  );
}
