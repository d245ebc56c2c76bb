import { Plus } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { WorkflowListDocument, type WorkflowListQuery, WorkflowProblemsDocument } from '../../api/generated/graphql.ts';
import { useRead, useReadPages } from '../../api/query.ts';
import { text, useUrlState } from '../../api/url-state.ts';
import { useRememberedList } from '../../shell/remembered-list.ts';
import { useRowKeys } from '../../shell/row-keys.ts';
import { SearchField } from '../../shell/search-field.tsx';
import { Button } from '../../ui/button.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { NEW_WORKFLOW, pathOfWorkflow } from './paths.ts';
import styles from './workflows.module.css';

const PARAMS = { q: text };
/** Problems of a saved workflow change only when it is saved, or when the server or its policy changes. */
const PROBLEMS_FRESH_MS = 300_000;

type Line = WorkflowListQuery['workflows']['nodes'][number];

/** `/workflows`: what is saved, newest first, with what starts it, its last run and its problems. */
export function Workflows() {
  const [{ q }, setUrl] = useUrlState(PARAMS);
  const [, navigate] = useLocation();
  const { nodes, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useReadPages(
    WorkflowListDocument,
    {},
    ({ workflows }) => workflows,
  );
  const words = q.trim().toLowerCase();
  const shown = nodes?.filter(({ name, description }) => `${name} ${description ?? ''}`.toLowerCase().includes(words));
  useRowKeys();
  useRememberedList((shown ?? []).map(({ name }) => pathOfWorkflow(name)));
  return (
    <Page
      title="Workflows"
      query={queryOf(WorkflowListDocument, {})}
      actions={
        <Button look="primary" may="mutation:saveWorkflow" onClick={() => navigate(NEW_WORKFLOW)}>
          <Plus size={14} aria-hidden="true" /> New workflow
        </Button>
      }
    >
      <SearchField
        label="Search workflows"
        placeholder="Search names and descriptions"
        value={q}
        onChange={(value) => setUrl({ q: value })}
      />
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!shown && !error && <Skeleton rows={8} label="Loading workflows" />}
      {shown?.length === 0 && <NoWorkflows q={q} onClear={() => setUrl({ q: '' })} hasMore={hasNextPage} />}
      {shown && shown.length > 0 && <WorkflowTable workflows={shown} />}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older
        </Button>
      )}
    </Page>
  );
}

interface NoneProps {
  readonly q: string;
  readonly onClear: () => void;
  readonly hasMore: boolean;
}

function NoWorkflows({ q, onClear, hasMore }: NoneProps) {
  if (q === '') {
    return (
      <Empty title="No workflows yet">
        <p>
          Save one with <code>signalbox workflows save</code>, or run an example in the{' '}
          <Link href="/play">playground</Link>.
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No workflows match">
      <p>
        {hasMore ? 'Of those that are loaded, none' : 'None'} has “{q}” in its name or description.
      </p>
      <Button onClick={onClear}>Clear the search</Button>
    </Empty>
  );
}

function WorkflowTable({ workflows }: { readonly workflows: readonly Line[] }) {
  return (
    <Table label="Workflows" columns={['Workflow', 'Starts', 'Last run', 'Problems', 'Saved']}>
      {workflows.map((workflow) => (
        <WorkflowRow key={workflow.name} workflow={workflow} />
      ))}
    </Table>
  );
}

function WorkflowRow({ workflow }: { readonly workflow: Line }) {
  const { name, version, description, runs, createdAt, createdBy } = workflow;
  const [last] = runs.nodes;
  return (
    <tr data-row={name}>
      <td className={styles.name}>
        <Link href={pathOfWorkflow(name)}>{name}</Link>
        {description && <small title={description}>{description}</small>}
      </td>
      <td>
        <Starts workflow={workflow} />
      </td>
      <td className={styles.last}>
        {last ? (
          <>
            <StateMark state={last.state} />{' '}
            <Link href={`/runs/${last.id}`}>
              <Time at={last.createdAt} />
            </Link>
          </>
        ) : (
          <small>never</small>
        )}
      </td>
      <td>
        <Problems name={name} />
      </td>
      <td>
        <Time at={createdAt} />{' '}
        <small>
          v{version} by {createdBy.username}
        </small>
      </td>
    </tr>
  );
}

function Starts({ workflow: { schedule, webhook } }: { readonly workflow: Line }) {
  if (!schedule && !webhook) return <small>by hand</small>;
  return (
    <>
      {schedule && (
        <span title={schedule.timeZone}>
          <code>{schedule.cron}</code>{' '}
          <small>{schedule.paused ? 'paused' : schedule.nextAt && <Time at={schedule.nextAt} />}</small>
        </span>
      )}
      {webhook && (
        <div>
          <small>webhook</small> <code>{webhook.path}</code>
        </div>
      )}
    </>
  );
}

function Problems({ name }: { readonly name: string }) {
  const { data, error } = useRead(WorkflowProblemsDocument, { name }, { freshMs: PROBLEMS_FRESH_MS });
  const problems = data?.validateWorkflow.problems;
  if (error) return <small title={error.message}>not known</small>;
  if (!problems) return <small>…</small>;
  if (problems.length === 0) return <small>none</small>;
  const errors = problems.filter(({ severity }) => severity === 'ERROR').length;
  const [count, word] = errors > 0 ? [errors, 'error'] : [problems.length, 'warning'];
  return (
    <span className={styles.problems} data-severity={word} title={problems.map(({ message }) => message).join('\n')}>
      {count} {word}
      {count > 1 && 's'}
    </span>
  );
}
