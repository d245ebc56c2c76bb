import { Link } from 'wouter';
import type { ComparedRunFragment } from '../../api/generated/graphql.ts';
import { StateMark } from '../../ui/state-mark.tsx';
import { Duration, Time } from '../../ui/time.tsx';
import styles from './compare.module.css';

/** Which run it is. */
export function RunHead({ name, run }: { readonly name: string; readonly run: ComparedRunFragment }) {
  const { id, state, kind, workflow, workflowVersion, goal, principal, createdAt, startedAt, finishedAt } = run;
  return (
    <section className={styles.head} aria-label={`Run ${name}`}>
      <h2>
        {name} <StateMark state={state} word />{' '}
        <Link href={`/runs/${id}`}>{workflow ?? goal ?? run.steps[0]?.does ?? kind.toLowerCase()}</Link>
      </h2>
      <p>
        {workflowVersion !== null && `version ${workflowVersion}, `}
        by {principal.username}, <Time at={createdAt} />
        {startedAt && (
          <>
            , took <Duration from={startedAt} to={finishedAt} />
          </>
        )}
      </p>
      <code>{id}</code>
    </section>
  );
}
