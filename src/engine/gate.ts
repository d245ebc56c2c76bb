import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import type { Ask, Decision, Policy } from '../core/decision.ts';
import { Fault } from '../core/errors.ts';
import type { User } from '../core/principal.ts';

/** Where every action passes. */
export interface Gate {
  /** The decision that lets it pass. @throws Fault FORBIDDEN, APPROVAL_REQUIRED, THROTTLED, each with its decision */
  pass(who: User, ask: Omit<Ask, 'roles'>): Decision;
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const MOST_BUCKETS = 50_000;

/** Asks the policy, and keeps the buckets of its THROTTLE rules: one for each rule and subject, full at first. */
export function createGate(deps: { readonly policy: Policy; readonly clock: Clock }): Gate {
  const buckets = new LRUCache<string, { tokens: number; at: number }>({ max: MOST_BUCKETS });

  /** Takes a token, or tells in how many milliseconds there is one. */
  const take = (decision: Decision, who: User): number => {
    const [, count = '1', unit = 's'] = /^rate=(\d+)\/([smh])$/.exec(decision.rule?.obligation ?? '') ?? [];
    const size = Number(count);
    const perMs = size / (UNIT_MS[unit] ?? 1_000);
    const now = deps.clock.now().getTime();
    const key = `${decision.rule?.id}\n${who.tenant}\n${who.subject}`;
    const bucket = buckets.get(key) ?? { tokens: size, at: now };
    const tokens = Math.min(size, bucket.tokens + (now - bucket.at) * perMs);
    buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perMs);
  };

  return {
    pass(who, ask) {
      const decision = deps.policy.decide({ ...ask, roles: who.roles });
      switch (decision.effect) {
        case 'ALLOW':
          return decision;
        case 'THROTTLE': {
          const retryAfterMs = take(decision, who);
          if (retryAfterMs === 0) return decision;
          const message = `Too often: ${decision.rule?.obligation}. Try again in ${retryAfterMs} ms.`;
          throw new Fault('THROTTLED', message, { decision, retryAfterMs });
        }
        case 'APPROVE':
          throw new Fault('APPROVAL_REQUIRED', `A person has to approve this first. ${decision.reason}`, { decision });
        default:
          throw new Fault('FORBIDDEN', decision.reason, { decision });
      }
    },
  };
}
