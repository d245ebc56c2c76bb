import { Link } from 'wouter';
import { WorkflowVersionsDocument } from '../../api/generated/graphql.ts';
import { useReadPages } from '../../api/query.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Time } from '../../ui/time.tsx';
import { pathOfWorkflow } from './paths.ts';
import styles from './workflows.module.css';

/** All versions of a workflow, newest first, each with what it changed. */
export function WorkflowVersions({ name, shown }: { readonly name: string; readonly shown: number }) {
  const { nodes, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useReadPages(
    WorkflowVersionsDocument,
    { name },
    ({ workflow }) => workflow?.versions,
  );
  return (
    <>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!nodes && !error && <Skeleton rows={4} label="Loading versions" />}
      <ul className={styles.list}>
        {nodes?.map(({ id, version, createdAt, createdBy }) => (
          <li key={id} aria-current={version === shown || undefined}>
            <span className={styles.text}>
              <Link href={`${pathOfWorkflow(name)}?version=${version}`}>Version {version}</Link>
              <small>
                <Time at={createdAt} /> by {createdBy.username}
              </small>
            </span>
            {version > 1 && (
              <Link href={`${pathOfWorkflow(name, 'diff')}?a=${version - 1}&b=${version}`}>
                What changed <span className="visually-hidden">in version {version}</span>
              </Link>
            )}
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older
        </Button>
      )}
    </>
  );
}
