import type { PolicyEffect } from '../../api/generated/graphql.ts';
import styles from './policy.module.css';

const LOOKS = {
  ALLOW: ['✓', 'Allowed'],
  THROTTLE: ['◔', 'Allowed at a rate'],
  APPROVE: ['‖', 'Needs an approval'],
  DENY: ['✕', 'Denied'],
} as const satisfies Readonly<Record<PolicyEffect, readonly [string, string]>>;

/** What a rule does, or what was decided: a shape, a word, a colour. */
export function Effect({ effect }: { readonly effect: PolicyEffect }) {
  const [shape, word] = LOOKS[effect];
  return (
    <span className={styles.effect} data-effect={effect}>
      <span aria-hidden="true">{shape}</span> {word}
    </span>
  );
}
