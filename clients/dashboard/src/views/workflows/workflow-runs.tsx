import { Link } from 'wouter';
import { WorkflowRunsDocument } from '../../api/generated/graphql.ts';
import { useReadPages } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Duration, Time } from '../../ui/time.tsx';
import styles from './workflows.module.css';

/** Runs of a workflow, of all its versions, newest first. */
export function WorkflowRuns({ name }: { readonly name: string }) {
  const { nodes, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useReadPages(
    WorkflowRunsDocument,
    { name },
    ({ workflow }) => workflow?.runs,
    { everyMs: 10_000 },
  );
  return (
    <>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!nodes && !error && <Skeleton rows={6} label="Loading runs" />}
      {nodes?.length === 0 && (
        <Empty title="No runs yet">
          <p>Start it with “Run”. Runs that you may not see are not listed.</p>
        </Empty>
      )}
      <ul className={styles.list}>
        {nodes?.map(
          ({ id, state, goal, workflowVersion, principal, error: failure, createdAt, startedAt, finishedAt }) => (
            <li key={id}>
              <StateMark state={state} />
              <span className={styles.text}>
                <Link href={`/runs/${id}`}>{goal || id}</Link>
                <small>
                  v{workflowVersion} by {principal.username}, <Time at={createdAt} />
                </small>
                {failure && (
                  <em>
                    {failure.code} {failure.message}
                  </em>
                )}
              </span>
              <small>
                <Duration from={startedAt} to={finishedAt} />
              </small>
            </li>
          ),
        )}
      </ul>
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older
        </Button>
      )}
    </>
  );
}
