import type { Policy } from '../../../core/policy.ts';
import type { SignedIn } from '../../../core/principal.ts';

/** What the policy would decide about an action on some URI: never allowed, or allowed, perhaps after approval. */
export type ToolVisibility = 'never' | 'perhaps' | 'with approval';

const MAX_CACHED_VISIBILITIES = 5_000;

/**
 * Decides what is listed. The policy decides again about each call, with its URIs.
 * @param somewhere the action has URIs, which are not known yet
 */
export type GetToolVisibility = (who: SignedIn, action: string, somewhere: boolean) => ToolVisibility;

/**
 * A command is allowed on some URIs, and a list knows none. So the policy is asked without one; where that is denied,
 * it depends on whether a rule that would let it differs in nothing but the URI or the schema. A rule that denies every
 * URI is stronger than all of them.
 */
export function createToolVisibility(policy: Policy): GetToolVisibility {
  const known = new Map<string, ToolVisibility>();
  let snapshot = '';

  const find = (who: SignedIn, action: string, somewhere: boolean): ToolVisibility => {
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
    if (snapshot !== policy.snapshot() || known.size > MAX_CACHED_VISIBILITIES) {
      known.clear();
      snapshot = policy.snapshot();
    }
    const key = JSON.stringify([who.roles, action, somewhere]);
    const use = known.get(key) ?? find(who, action, somewhere);
    known.set(key, use);
    return use;
  };
}
