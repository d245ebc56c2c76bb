import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { unwrap } from '../../../../sdk/src/index.ts';
import { ApprovalDocument, DecideApprovalDocument } from '../../api/generated/graphql.ts';
import { useRead, useSend } from '../../api/query.ts';
import { JsonTree } from '../../parts/payload/json-tree.tsx';
import { useKeys } from '../../shell/keys.ts';
import { PageNeighbors } from '../../shell/neighbors.tsx';
import { toast } from '../../shell/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea } from '../../ui/field.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Time } from '../../ui/time.tsx';
import { ApprovalRule } from './approval-rule.tsx';
import styles from './approvals.module.css';
import { type ApprovalDetail, isOfWorkflow, questionOf } from './question.ts';

/** `/approvals/:id`: what will happen, who asked, which rule requires the decision; and the decision. */
export function ApprovalPage() {
  const { id = '' } = useParams<{ id: string }>();
  const { data, error, refetch } = useRead(ApprovalDocument, { id }, { everyMs: 30_000 });
  const approval = data?.node && 'reason' in data.node ? (data.node as ApprovalDetail) : undefined;
  return (
    <Page
      title="Approval"
      lead={<Link href="/approvals">All approvals</Link>}
      actions={<PageNeighbors of="approval" path={`/approvals/${id}`} />}
      query={queryOf(ApprovalDocument, { id })}
    >
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={6} />}
      {data && !approval && (
        <Empty title="There is no such approval">
          <p>The approval does not exist, or you may not see its run.</p>
        </Empty>
      )}
      {approval && <Review approval={approval} />}
    </Page>
  );
}

function Review({ approval }: { readonly approval: ApprovalDetail }) {
  const { state, run, step, call, whyNot, decidedBy, decidedAt, comment, expiresAt } = approval;
  const [asked, setAsked] = useState<'approve' | 'reject'>();
  const isOpen = state === 'OPEN';
  const why = isOpen ? (whyNot ?? undefined) : `Already ${state.toLowerCase()}.`;
  useKeys({ a: () => why === undefined && setAsked('approve'), r: () => why === undefined && setAsked('reject') });
  const isQuestion = isOfWorkflow(approval);
  return (
    <article className={styles.review}>
      <h2>
        <StateMark state={state} word /> <bdi>{questionOf(approval)}</bdi>
      </h2>
      <p>
        The step <b>{step.key}</b> of{' '}
        <Link href={`/runs/${run.id}?step=${encodeURIComponent(step.key)}`}>{run.workflow ?? run.goal ?? run.id}</Link>,
        started by {run.principal.username}, {isQuestion ? 'asks this' : 'asks to do it'}.
        {isOpen && expiresAt && (
          <>
            {' '}
            It expires <Time at={expiresAt} />.
          </>
        )}
      </p>
      {!isQuestion && <ApprovalRule approval={approval} />}
      {!isQuestion && (
        <section aria-label="What will happen">
          <h3>With these values</h3>
          <JsonTree value={call ? call.arguments : step.input} />
        </section>
      )}
      {decidedAt && (
        <p>
          {decidedBy?.username ?? 'Nobody'} decided <Time at={decidedAt} />
          {comment && `: ${comment}`}
        </p>
      )}
      <div className={styles.decide}>
        <Button look="primary" may="mutation:decideApproval" whyNot={why} onClick={() => setAsked('approve')}>
          Approve
        </Button>
        <Button look="danger" may="mutation:decideApproval" whyNot={why} onClick={() => setAsked('reject')}>
          Reject
        </Button>
        {why !== undefined && <p>{why}</p>}
      </div>
      {asked && <Confirm id={approval.id} decision={asked} onClose={() => setAsked(undefined)} />}
    </article>
  );
}

interface ConfirmProps {
  readonly id: string;
  readonly decision: 'approve' | 'reject';
  readonly onClose: () => void;
}

function Confirm({ id, decision, onClose }: ConfirmProps) {
  const [, navigate] = useLocation();
  const [comment, setComment] = useState('');
  const { mutate, error, isPending } = useSend(DecideApprovalDocument, (result) => unwrap(result.decideApproval), [
    'Approvals',
    'Approval',
    'OpenApprovals',
  ]);
  const approves = decision === 'approve';
  const decide = () =>
    mutate(
      { input: { approvalId: id, approve: approves, ...(comment !== '' && { comment }) } },
      {
        onSuccess: () => {
          toast(approves ? 'Approved. The run continues.' : 'Rejected.', approves ? 'good' : 'plain');
          onClose();
          navigate('/approvals');
        },
      },
    );
  return (
    <Dialog
      title={approves ? 'Approve it?' : 'Reject it?'}
      onClose={onClose}
      actions={
        <Button look={approves ? 'primary' : 'danger'} busy={isPending} onClick={decide}>
          {approves ? 'Approve' : 'Reject'}
        </Button>
      }
    >
      <TextArea
        label="Comment (optional)"
        hint="Recorded with your name."
        rows={3}
        value={comment}
        onChange={({ target }) => setComment(target.value)}
      />
      {error && <ErrorNotice error={error} />}
    </Dialog>
  );
}
