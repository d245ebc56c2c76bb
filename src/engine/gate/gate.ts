import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { Decision, Policy, PolicyRequest } from '../../core/policy.ts';
import type { User } from '../../core/principal.ts';
import type { Logger, Metrics } from '../../core/telemetry.ts';
import { type BucketRate, createTokenBuckets } from '../../lib/token-buckets.ts';
import { parseRateLimit } from '../../policy/rules/rate-limit.ts';

export type GateRequest = Omit<PolicyRequest, 'roles'> & {
  /** Decided now and asked again before it is done: takes no token, and needs no approval yet. */
  readonly inAdvance?: boolean;
};

/** What the policy says to several requests together. */
type GateResult =
  | { readonly type: 'allowed'; readonly decisions: readonly Decision[] }
  | {
      readonly type: 'denied' | 'throttled' | 'approval';
      /** One for each request, in their order. */
      readonly decisions: readonly Decision[];
      /** The request that made the result what it is. */
      readonly index: number;
      /** FORBIDDEN, THROTTLED or APPROVAL_REQUIRED, with the decision at `index`. */
      readonly fault: Fault;
    };

/** Every action passes here. */
export interface Gate {
  /** @returns the decision that permits the action. @throws Fault FORBIDDEN, APPROVAL_REQUIRED, THROTTLED, each with its decision */
  pass(user: User, request: GateRequest): Decision;
  /**
   * Decides every request of one action first: a denial beats a throttle, which beats an approval. Only when all are
   * allowed does it take tokens, one for each throttled request.
   * @param approved a person has approved the action: approvals are allowed
   */
  askAll(user: User, requests: readonly GateRequest[], approved?: boolean): GateResult;
}

const MAX_RATE_BUCKETS = 50_000;

interface GateDeps {
  readonly policy: Policy;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'policyDecided'>;
  readonly logger: Logger;
}

/** The tokens that requests need from one bucket. */
interface Charge {
  readonly rate: BucketRate;
  /** The first request that needs one. */
  readonly index: number;
  count: number;
}

/**
 * Asks the policy, and keeps the buckets of its THROTTLE rules: one for each rule and subject. The journal has the
 * decisions of runs; the log has every denial, including those of reads outside runs.
 */
export function createGate({ policy, clock, metrics, logger }: GateDeps): Gate {
  const buckets = createTokenBuckets({ clock, maxBuckets: MAX_RATE_BUCKETS });

  const decide = (user: User, request: GateRequest): Decision => {
    const decision = policy.decide({ ...request, roles: user.roles });
    metrics.policyDecided(decision.effect);
    if (decision.effect === 'DENY') logger.warn('policy.denied', logFields(user, decision));
    return decision;
  };

  const longestWait = (charges: ReadonlyMap<string, Charge>) => {
    let longest = { waitMs: 0, index: 0 };
    for (const [key, { rate, index, count }] of charges) {
      const waitMs = buckets.timeUntil(key, rate, count);
      if (waitMs > longest.waitMs) longest = { waitMs, index };
    }
    return longest;
  };

  const askAll = (user: User, requests: readonly GateRequest[], approved = false): GateResult => {
    const decisions = requests.map((request) => decide(user, request));
    const indexOf = (effect: Decision['effect']) =>
      decisions.findIndex((decision, i) => decision.effect === effect && !requests[i]?.inAdvance);
    const decisionAt = (index: number) => decisions[index] as Decision;

    const denied = decisions.findIndex(({ effect }) => effect === 'DENY');
    if (denied >= 0) {
      const decision = decisionAt(denied);
      const fault = new Fault('FORBIDDEN', decision.reason, { decision });
      return { type: 'denied', decisions, index: denied, fault };
    }
    const charges = indexOf('THROTTLE') < 0 ? NO_CHARGES : chargesOf(user, requests, decisions);
    const { waitMs, index: throttled } = longestWait(charges);
    if (waitMs > 0) {
      const decision = decisionAt(throttled);
      const message = `Rate limit exceeded: the policy allows ${decision.rule?.obligation}. Try again in ${waitMs} ms.`;
      const fault = new Fault('THROTTLED', message, { decision, retryAfterMs: waitMs });
      return { type: 'throttled', decisions, index: throttled, fault };
    }
    const approval = approved ? -1 : indexOf('APPROVE');
    if (approval >= 0) {
      const decision = decisionAt(approval);
      const message = `A person must approve this first. ${decision.reason}`;
      return {
        type: 'approval',
        decisions,
        index: approval,
        fault: new Fault('APPROVAL_REQUIRED', message, { decision }),
      };
    }
    for (const [key, { rate, count }] of charges) {
      for (let n = 0; n < count; n += 1) buckets.take(key, rate);
    }
    return { type: 'allowed', decisions };
  };

  return {
    pass(user, request) {
      const result = askAll(user, [request]);
      if (result.type !== 'allowed') throw result.fault;
      return result.decisions[0] as Decision;
    },
    askAll,
  };
}

const NO_CHARGES: ReadonlyMap<string, Charge> = new Map();

function chargesOf(
  { tenant, subject }: User,
  requests: readonly GateRequest[],
  decisions: readonly Decision[],
): ReadonlyMap<string, Charge> {
  const charges = new Map<string, Charge>();
  for (const [index, { effect, rule }] of decisions.entries()) {
    if (effect !== 'THROTTLE' || requests[index]?.inAdvance) continue;
    const { count: size, periodMs } = parseRateLimit(rule?.obligation ?? '');
    const key = JSON.stringify([rule?.id, tenant, subject]);
    const charge = charges.get(key);
    if (charge) charge.count += 1;
    else charges.set(key, { rate: { size, perMs: size / periodMs }, index, count: 1 });
  }
  return charges;
}

function logFields({ subject, tenant }: User, { action, canonicalUri, schemaUri, rule, snapshot }: Decision) {
  return { subject, tenant, action, canonicalUri, schemaUri, rule: rule?.id, snapshot };
}
