import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { StepDetailQuery } from '../../api/generated/graphql.ts';
import { Effect } from '../policy/effect.tsx';
import styles from './run.module.css';

type Step = NonNullable<NonNullable<StepDetailQuery['run']>['step']>;

/** What the policy decided about a step, and by which rule. */
export function StepDecision({ decision }: Pick<Step, 'decision'>) {
  if (!decision) return <p>The policy has not been asked yet.</p>;
  const { effect, reason, action, canonicalUri, roles, author, rule, snapshot } = decision;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Effect', <Effect key="effect" effect={effect} />],
    ['Reason', reason],
    ['Action', action],
    ['Resource', canonicalUri],
    ['Roles', roles.join(', ')],
    ['Author', author],
    [
      'Rule',
      rule && (
        <Link key="rule" href={`/policy?q=${rule.id}`}>
          <code>{rule.id}</code>
        </Link>
      ),
    ],
    ['Comment', rule?.comment],
    ['Policy', snapshot.slice(0, 12)],
  ];
  return (
    <dl className={styles.decision}>
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
