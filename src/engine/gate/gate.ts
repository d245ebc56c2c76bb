import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { Decision, Policy, PolicyRequest } from '../../core/policy.ts';
import type { User } from '../../core/principal.ts';
import type { Logger, Metrics } from '../../core/telemetry.ts';
import { createTokenBuckets } from '../../lib/token-buckets.ts';
import { parseRateLimit } from '../../policy/rules/rate-limit.ts';

/** Where every action passes. */
export interface Gate {
  /** The decision that lets it pass. @throws Fault FORBIDDEN, APPROVAL_REQUIRED, THROTTLED, each with its decision */
  pass(who: User, ask: Omit<PolicyRequest, 'roles'>): Decision;
  /** The same in advance: nothing is taken from a bucket. @throws Fault FORBIDDEN, with its decision */
  precheck(who: User, ask: Omit<PolicyRequest, 'roles'>): void;
}

const MAX_RATE_BUCKETS = 50_000;

interface GateDeps {
  readonly policy: Policy;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'policyDecided'>;
  readonly logger: Logger;
}

/**
 * Asks the policy, and keeps the buckets of its THROTTLE rules: one for each rule and subject. What a run asks is in the
 * journal; the log has every denial, also of reads that are no run.
 */
export function createGate({ policy, clock, metrics, logger }: GateDeps): Gate {
  const buckets = createTokenBuckets({ clock, maxBuckets: MAX_RATE_BUCKETS });

  const throttle = (decision: Decision, who: User): Decision => {
    const { id, obligation = '' } = decision.rule ?? {};
    const { count, periodMs: perMs } = parseRateLimit(obligation);
    const key = JSON.stringify([id, who.tenant, who.subject]);
    const retryAfterMs = buckets.take(key, { size: count, perMs: count / perMs });
    if (retryAfterMs === 0) return decision;
    const message = `Too often: the policy allows ${obligation}. Try again in ${retryAfterMs} ms.`;
    throw new Fault('THROTTLED', message, { decision, retryAfterMs });
  };

  const decide = (who: User, ask: Omit<PolicyRequest, 'roles'>): Decision => {
    const decision = policy.decide({ ...ask, roles: who.roles });
    metrics.policyDecided(decision.effect);
    if (decision.effect !== 'DENY') return decision;
    logger.warn('policy.denied', logFields(who, decision));
    throw new Fault('FORBIDDEN', decision.reason, { decision });
  };

  return {
    pass(who, ask) {
      const decision = decide(who, ask);
      if (decision.effect === 'THROTTLE') return throttle(decision, who);
      if (decision.effect === 'ALLOW') return decision;
      throw new Fault('APPROVAL_REQUIRED', `A person has to approve this first. ${decision.reason}`, { decision });
    },
    precheck: (who, ask) => void decide(who, ask),
  };
}

function logFields({ subject, tenant }: User, { action, canonicalUri, schemaUri, rule, snapshot }: Decision) {
  return { subject, tenant, action, canonicalUri, schemaUri, rule: rule?.id, snapshot };
}
