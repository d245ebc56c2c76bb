import type { StepDetailQuery } from '../../api/generated/graphql.ts';
import styles from './run.module.css';

type Step = NonNullable<NonNullable<StepDetailQuery['run']>['step']>;

/** What the policy decided about a step, and by which rule. */
export function StepDecision({ decision }: Pick<Step, 'decision'>) {
  if (!decision) return <p>The policy has not been asked yet.</p>;
  const { effect, reason, action, canonicalUri, roles, author, rule, snapshot } = decision;
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    ['Effect', effect.toLowerCase()],
    ['Reason', reason],
    ['Action', action],
    ['Resource', canonicalUri],
    ['Roles', roles.join(', ')],
    ['Author', author],
    ['Rule', rule && `${rule.id}: ${rule.role}, ${rule.action}, ${rule.uri}, ${rule.effect.toLowerCase()}`],
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
