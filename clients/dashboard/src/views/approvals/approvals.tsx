import { Link } from 'wouter';
import { type ApprovalRowFragment, ApprovalsDocument } from '../../api/generated/graphql.ts';
import { useReadPages } from '../../api/query.ts';
import { choice, useUrlState } from '../../api/url-state.ts';
import { useRememberedList } from '../../shell/remembered-list.ts';
import { useRowKeys } from '../../shell/row-keys.ts';
import { Button } from '../../ui/button.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Time } from '../../ui/time.tsx';
import styles from './approvals.module.css';
import { questionOf } from './question.ts';

const PARAMS = { show: choice('mine', 'open', 'all') };

const TABS = [
  { value: 'mine', label: 'For you' },
  { value: 'open', label: 'All open' },
  { value: 'all', label: 'All' },
] as const;

const EMPTY = {
  mine: ['Nothing waits for you', 'Approvals that you may decide appear here as they are requested.'],
  open: ['No approval is open', 'A step that requires an approval waits here until somebody decides.'],
  all: [
    'No approval has been requested',
    'A workflow asks for one with a step of the kind approval, the policy with the effect approve.',
  ],
} as const;

/** `/approvals`: what waits for a decision, yours first. */
export function Approvals() {
  const [{ show }, setUrl] = useUrlState(PARAMS);
  const variables = { ...(show !== 'all' && { state: 'OPEN' as const }), ...(show === 'mine' && { mine: true }) };
  const { nodes, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useReadPages(
    ApprovalsDocument,
    variables,
    ({ approvals }) => approvals,
  );
  useRowKeys();
  useRememberedList((nodes ?? []).map(({ id }) => `/approvals/${id}`));
  const [title, explanation] = EMPTY[show];
  return (
    <Page title="Approvals" query={queryOf(ApprovalsDocument, variables)}>
      <Tabs label="Which approvals" tabs={TABS} value={show} onChange={(value) => setUrl({ show: value })}>
        {error && <ErrorNotice error={error} retry={() => void refetch()} />}
        {!nodes && !error && <Skeleton rows={6} label="Loading approvals" />}
        {nodes?.length === 0 && (
          <Empty title={title}>
            <p>{explanation}</p>
          </Empty>
        )}
        <ul className={styles.list}>
          {nodes?.map((approval) => (
            <ApprovalLine key={approval.id} approval={approval} />
          ))}
        </ul>
        {hasNextPage && (
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older
          </Button>
        )}
      </Tabs>
    </Page>
  );
}

function ApprovalLine({ approval }: { readonly approval: ApprovalRowFragment }) {
  const { id, state, run, step, requestedAt, expiresAt, decidedBy } = approval;
  return (
    <li data-row={id}>
      <StateMark state={state} />
      <span className={styles.text}>
        <Link href={`/approvals/${id}`}>{questionOf(approval)}</Link>
        <small>
          <bdi>{run.workflow ?? run.goal ?? run.id}</bdi> · <bdi>{step.title}</bdi> · started by{' '}
          {run.principal.username}
        </small>
      </span>
      <span className={styles.when}>
        <Time at={requestedAt} />
        {state === 'OPEN' && expiresAt && (
          <small>
            expires <Time at={expiresAt} />
          </small>
        )}
        {decidedBy && <small>by {decidedBy.username}</small>}
      </span>
    </li>
  );
}
