import { Link } from 'wouter';
import type { PlayExecuteMutation } from '../../api/generated/graphql.ts';
import { Payload } from '../../parts/payload/payload.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { Duration } from '../../ui/time.tsx';
import styles from './playground.module.css';

type Outcome = Extract<PlayExecuteMutation['execute'], { readonly __typename: 'CommandOutcome' }>;

/** How a command ended, and what it returned. */
export function CommandResult({ outcome: { run, resource } }: { readonly outcome: Outcome }) {
  return (
    <section className={styles.result} aria-label="Result">
      <p role="status">
        <StateMark state={run.state} word /> <Duration from={run.startedAt} to={run.finishedAt} />{' '}
        <Link href={`/runs/${run.id}`}>Open the run</Link>
      </p>
      {run.error && (
        <p className={styles.failure}>
          <code>{run.error.code}</code> {run.error.message}
        </p>
      )}
      {resource && <Payload key={resource.uri} stored={resource} label="the result" />}
      {run.state === 'WAITING' && <p>A person has to approve it. The run continues then.</p>}
    </section>
  );
}
