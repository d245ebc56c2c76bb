import { Link } from 'wouter';
import type { PolicySimulateQuery } from '../../api/generated/graphql.ts';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { Effect } from './effect.tsx';
import styles from './policy.module.css';

interface Props {
  readonly simulation: PolicySimulateQuery['simulatePolicy'];
  /** It is of the text as it is now. */
  readonly isOfText: boolean;
  readonly onLine: (line: number) => void;
}

/** What a simulation found: problems by line, or the decisions that would change, the most frequent first. */
export function Changes({ simulation, isOfText, onLine }: Props) {
  const { problems, decisions, changed, changes, from } = simulation;
  return (
    <section className={styles.answer} aria-label="Result">
      {!isOfText && <p>The rules have changed since. Simulate again.</p>}
      {problems.length > 0 ? (
        <>
          <div role="status">
            <h2>{problems.length === 1 ? 'One problem' : `${problems.length} problems`}</h2>
          </div>
          <ul className={styles.problems}>
            {problems.map(({ line, message }) => (
              <li key={`${line} ${message}`}>
                {line !== null && (
                  <button type="button" onClick={() => onLine(line)}>
                    Line {line}
                  </button>
                )}{' '}
                {message}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <>
          <div role="status">
            <h2>{changed === 0 ? 'No decision changes' : `${changed} of ${decisions} decisions change`}</h2>
          </div>
          <p>
            {decisions} recorded decisions were decided again
            {from && (
              <>
                , the oldest of <Time at={from} />
              </>
            )}
            .
          </p>
          {changes.length > 0 && <ChangeTable changes={changes} />}
        </>
      )}
    </section>
  );
}

function ChangeTable({ changes }: Pick<Props['simulation'], 'changes'>) {
  return (
    <Table label="Decisions that change" columns={['Times', 'Roles', 'Request', 'Before', 'After', 'Last run']}>
      {changes.map(({ count, before, after, lastAt, lastRun }) => (
        <tr key={`${before.action} ${before.canonicalUri} ${before.roles} ${before.effect} ${after.effect}`}>
          <td>{count}</td>
          <td>{before.roles.join(', ')}</td>
          <td className={styles.glob}>
            <code>{before.action}</code>
            {before.canonicalUri && (
              <small>
                <code>{before.canonicalUri}</code>
              </small>
            )}
          </td>
          <td>
            <Effect effect={before.effect} />
          </td>
          <td className={styles.reason}>
            <Effect effect={after.effect} />
            <small>{after.reason}</small>
          </td>
          <td>
            {lastRun ? (
              <Link href={`/runs/${lastRun.id}?tab=decision`}>
                {lastRun.workflow ?? lastRun.goal ?? lastRun.kind.toLowerCase()}
              </Link>
            ) : (
              'Removed'
            )}
            <small>
              <Time at={lastAt} />
            </small>
          </td>
        </tr>
      ))}
    </Table>
  );
}
