import { Pencil, Play, Trash2 } from 'lucide-react';
import { Suspense, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { WorkflowPageDocument, type WorkflowPageQuery } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { choice, text, useUrlState } from '../../api/url-state.ts';
import { isGraphFirst } from '../../parts/graph/graph-first.ts';
import { PageNeighbors } from '../../shell/neighbors.tsx';
import { Button } from '../../ui/button.tsx';
import { type PageQuery, queryOf } from '../../ui/graphql-link.tsx';
import { loaded } from '../../ui/loaded.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { pathOfWorkflow } from './paths.ts';
import { WorkflowFacts } from './workflow-facts.tsx';
import { WorkflowRuns } from './workflow-runs.tsx';
import { WorkflowSteps } from './workflow-steps.tsx';
import { WorkflowVersions } from './workflow-versions.tsx';
import styles from './workflows.module.css';
import { YamlText } from './yaml-text.tsx';

const PARAMS = {
  version: text,
  step: text,
  tab: choice('text', 'runs', 'versions'),
  /** `auto`: the graph, or the list where a graph shows too little. */
  view: choice('auto', 'graph', 'list'),
};

const StepGraph = loaded(() => import('./workflow-graph.tsx'), 'StepGraph');

const VIEWS = [
  { value: 'graph', label: 'Graph' },
  { value: 'list', label: 'List' },
] as const;

const TABS = [
  { value: 'text', label: 'Text' },
  { value: 'runs', label: 'Runs' },
  { value: 'versions', label: 'Versions' },
] as const;

/** `/workflows/:name`: its newest version, or that of the URL: steps, text, versions, runs, and what starts it. */
export function WorkflowPage() {
  const { name = '' } = useParams<{ name: string }>();
  const [url] = useUrlState(PARAMS);
  const version = /^\d+$/.test(url.version) ? Number(url.version) : undefined;
  const variables = { name, ...(version !== undefined && { version }) };
  const { data, error, refetch } = useRead(WorkflowPageDocument, variables, { keepFormer: false });
  const query = queryOf(WorkflowPageDocument, variables);
  if (data?.workflow) return <Saved workflow={data.workflow} newest={data.newest?.version} query={query} />;
  return (
    <Page title={name} lead={<Link href="/workflows">All workflows</Link>} query={query}>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={10} label="Loading the workflow" />}
      {data &&
        (data.newest ? (
          <Empty title={`${name} has no version ${version}`}>
            <p>
              The newest is <Link href={pathOfWorkflow(name)}>version {data.newest.version}</Link>.
            </p>
          </Empty>
        ) : (
          <Empty title="There is no such workflow">
            <p>
              It was deleted, or has another name. <Link href="/workflows">See all workflows</Link>.
            </p>
          </Empty>
        ))}
    </Page>
  );
}

interface SavedProps {
  readonly workflow: NonNullable<WorkflowPageQuery['workflow']>;
  /** Number of the newest version. */
  readonly newest: number | undefined;
  readonly query: PageQuery;
}

function Saved({ workflow, newest, query }: SavedProps) {
  const { name, version, description, yaml, graph } = workflow;
  const [{ step, tab, ...url }, setUrl] = useUrlState(PARAMS);
  const [, navigate] = useLocation();
  const [asksToDelete, setAsksToDelete] = useState(false);
  const isNewest = version === newest;
  const view = url.view !== 'auto' ? url.view : isGraphFirst(graph.nodes.length) ? 'graph' : 'list';
  const select = (key: string) => setUrl({ step: key, tab: 'text' });
  const line = graph.nodes.find(({ key }) => key === step)?.line ?? undefined;
  return (
    <Page
      title={name}
      lead={description}
      query={query}
      actions={
        <>
          <PageNeighbors of="workflow" path={pathOfWorkflow(name)} />
          <Button look="danger" may="mutation:deleteWorkflow" onClick={() => setAsksToDelete(true)}>
            <Trash2 size={13} aria-hidden="true" /> Delete
          </Button>
          <Button onClick={() => navigate(pathOfWorkflow(name, 'edit'))}>
            <Pencil size={13} aria-hidden="true" /> Edit
          </Button>
          <Button
            look="primary"
            may={`workflow:${name}`}
            on={`workflow:${name}`}
            onClick={() => navigate(pathOfWorkflow(name, 'run'))}
          >
            <Play size={13} aria-hidden="true" /> Run
          </Button>
        </>
      }
    >
      {!isNewest && newest !== undefined && (
        <p className={styles.older}>
          This is version {version}. Runs, schedule and webhook use{' '}
          <Link href={pathOfWorkflow(name)}>version {newest}</Link>; see{' '}
          <Link href={`${pathOfWorkflow(name, 'diff')}?a=${version}&b=${newest}`}>what changed</Link>.
        </p>
      )}
      <WorkflowFacts workflow={workflow} />
      <div className={styles.columns} data-wide={view === 'graph' || undefined}>
        <section aria-label="Steps of the workflow">
          <h2>
            {graph.nodes.length} {graph.nodes.length === 1 ? 'step' : 'steps'}
          </h2>
          <Tabs label="Views of the steps" tabs={VIEWS} value={view} onChange={(next) => setUrl({ view: next })}>
            {view === 'graph' ? (
              <Suspense fallback={<Skeleton rows={8} label="Loading the graph" />}>
                <StepGraph graph={graph} selected={step} onSelect={select} />
              </Suspense>
            ) : (
              <WorkflowSteps graph={graph} selected={step} onSelect={select} />
            )}
          </Tabs>
        </section>
        <div>
          <Tabs label="About the workflow" tabs={TABS} value={tab} onChange={(value) => setUrl({ tab: value })}>
            {tab === 'text' && <YamlText text={yaml} line={line} />}
            {tab === 'runs' && <WorkflowRuns name={name} />}
            {tab === 'versions' && <WorkflowVersions name={name} shown={version} />}
          </Tabs>
        </div>
      </div>
      {asksToDelete && <DeleteDialog name={name} onClose={() => setAsksToDelete(false)} />}
    </Page>
  );
}
