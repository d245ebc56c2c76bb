import type { Policy } from '../../../core/policy.ts';
import type { SignedIn } from '../../../core/principal.ts';

/** What the policy would say to some use of an action: that it never may be, or that it may, perhaps after a person agreed. */
export type Use = 'never' | 'perhaps' | 'with approval';

const MOST_KNOWN = 5_000;

/**
 * Tells what is worth being listed. What is asked for in the end is decided anew, with its URIs.
 * @param somewhere it is done on URIs, which are not known yet
 */
export type MayUse = (who: SignedIn, action: string, somewhere: boolean) => Use;

/**
 * A command is allowed on some URIs, and a list knows none. So the policy is asked without one; where that is denied,
 * it depends on whether a rule that would let it differs in nothing but the URI or the schema. A rule that denies every
 * URI is stronger than all of them.
 */
export function createMayUse(policy: Policy): MayUse {
  const known = new Map<string, Use>();
  let snapshot = '';

  const find = (who: SignedIn, action: string, somewhere: boolean): Use => {
    const { decision, nearMisses } = policy.explain({ roles: who.roles, action });
    if (decision.effect === 'APPROVE') return 'with approval';
    const elsewhere = nearMisses.filter(({ missed }) => somewhere && (missed === 'uri' || missed === 'schema'));
    const approves = elsewhere.some(({ rule }) => rule.effect === 'APPROVE');
    if (decision.effect !== 'DENY') return approves ? 'with approval' : 'perhaps';
    if (decision.rule) return 'never';
    if (approves) return 'with approval';
    return elsewhere.some(({ rule }) => rule.effect !== 'DENY') ? 'perhaps' : 'never';
  };

  return (who, action, somewhere) => {
    if (snapshot !== policy.snapshot() || known.size > MOST_KNOWN) {
      known.clear();
      snapshot = policy.snapshot();
    }
    const key = JSON.stringify([who.roles, action, somewhere]);
    const use = known.get(key) ?? find(who, action, somewhere);
    known.set(key, use);
    return use;
  };
}
