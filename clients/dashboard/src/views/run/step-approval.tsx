import { Link } from 'wouter';
import type { StepModel } from '../../../../sdk/src/live/index.ts';
import { Time } from '../../ui/time.tsx';
import styles from './run.module.css';

/** What a step that waits for a person asks for. The decision is on its page, which shows what will happen. */
export function StepApproval({ step }: { readonly step: StepModel }) {
  const { approval } = step;
  if (approval?.state !== 'OPEN') return null;
  return (
    <p className={styles.approval}>
      <span>
        {step.kind === 'APPROVAL' ? approval.reason : 'The policy lets this step continue only with an approval.'}
        {approval.expiresAt && (
          <>
            {' '}
            It expires <Time at={approval.expiresAt} />.
          </>
        )}
      </span>
      <Link href={`/approvals/${approval.id}`}>Review and decide</Link>
    </p>
  );
}
