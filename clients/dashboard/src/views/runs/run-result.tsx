import { Link } from 'wouter';
import type { RunRow } from '../../../../sdk/src/react/index.ts';
import { Time } from '../../ui/time.tsx';
import type { RowDetails } from './row-details.ts';
import styles from './runs.module.css';

/** Why the run failed, or what it waits for. */
export function RunResult({ run, details }: { readonly run: RunRow; readonly details: RowDetails | undefined }) {
  if (run.error) {
    const { code, message, step } = run.error;
    return (
      <span className={styles.error} title={message}>
        <code>{code}</code> {step && `${step}: `}
        {message}
      </span>
    );
  }
  const [step] = details?.waiting ?? [];
  if (run.state === 'WAITING' && step) return <Waiting step={step} more={(details?.waiting.length ?? 1) - 1} />;
  const limit = details?.waitsFor;
  if ((run.state === 'PENDING' || run.state === 'WAITING') && limit) {
    return (
      <span>
        waits for its turn ({limit.reason.toLowerCase()}
        {limit.key && `, ${limit.key}`}): {limit.ahead} before it
      </span>
    );
  }
  return null;
}

function Waiting({ step, more }: { readonly step: RowDetails['waiting'][number]; readonly more: number }) {
  const { key, kind, approval, wakeAt } = step;
  const others = more > 0 && ` and ${more} more`;
  if (approval?.state === 'OPEN') {
    return (
      <span>
        waits for an <Link href={`/approvals/${approval.id}`}>approval</Link>
        {approval.roles.length > 0 && ` by ${approval.roles.join(' or ')}`}
        {others}
      </span>
    );
  }
  return (
    <span>
      waits {kind === 'SIGNAL' ? `for the signal ${key}` : `in ${key}`}
      {wakeAt && (
        <>
          , until <Time at={wakeAt} />
        </>
      )}
      {others}
    </span>
  );
}
