import type { AccountStandings } from '../../core/accounts/accounts.ts';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { Decision, Explanation, NearMiss, Policy, PolicyRequest } from '../../core/policy.ts';
import type { Actor, Role, User } from '../../core/principal.ts';
import type { Logger, Metrics } from '../../core/telemetry.ts';
import { type BucketRate, createTokenBuckets } from '../../lib/token-buckets.ts';
import { parseObligation } from '../../policy/rules/obligation.ts';
import { decideFor, type Person } from './decide-for.ts';

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

/** Every action passes here. An action for which others wrote the instructions needs the permission of each author as well. */
export interface Gate {
  /** @returns the decision that permits the action. @throws Fault FORBIDDEN, APPROVAL_REQUIRED, THROTTLED, each with its decision */
  pass(actor: Actor, request: GateRequest): Decision;
  /**
   * Decides every request of one action first: a denial beats a throttle, which beats an approval. Only when all are
   * allowed does it take tokens from the user, one for each throttled request.
   * @param approved a person has approved the action: approvals are allowed
   */
  askAll(actor: Actor, requests: readonly GateRequest[], approved?: boolean): GateResult;
  /** The decisions about a hypothetical request: for the user, then for each author. Takes no token, and logs nothing. */
  preview(actor: Actor, request: GateRequest): readonly Decision[];
  /**
   * The same, with the rules that almost matched.
   * @param role instead of the roles of the caller, who need not have it
   */
  explain(actor: Actor, request: GateRequest, role?: Role): readonly Explanation[];
}

const MAX_RATE_BUCKETS = 50_000;

interface GateDeps {
  readonly policy: Policy;
  readonly standings: Pick<AccountStandings, 'standingOf'>;
  readonly clock: Clock;
  /** How many nodes share each rate. Default 1. */
  readonly countNodes?: () => number;
  readonly metrics: Pick<Metrics, 'policyDecided'>;
  readonly logger: Logger;
}

/** The decision about one request, for the user or for one author. */
interface Answer {
  /** Index of the request. */
  readonly index: number;
  readonly decision: Decision;
  readonly inAdvance: boolean;
}

/** The tokens that requests need from one bucket. */
interface Charge {
  readonly rate: BucketRate;
  /** The first request that needs one, and the decision about it. */
  readonly first: Answer;
  /** The requests that need one each. */
  readonly requests: Set<number>;
}

/**
 * Asks the policy, and keeps the buckets of its THROTTLE rules: one for each rule and subject. The journal has the
 * decisions of runs; the log has every denial, including those of reads outside runs.
 */
export function createGate(deps: GateDeps): Gate {
  const { policy, metrics, logger } = deps;
  const buckets = createTokenBuckets({ ...deps, maxBuckets: MAX_RATE_BUCKETS });

  const answer = (actor: Actor, person: Person, request: GateRequest, index: number): Answer => {
    const decision = decideFor(deps, person, request);
    metrics.policyDecided(decision.effect);
    if (decision.effect === 'DENY') logger.warn('policy.denied', logFields(actor, decision));
    return { index, inAdvance: request.inAdvance === true, decision };
  };
  const answersTo = (actor: Actor, requests: readonly GateRequest[]): readonly Answer[] => {
    const persons = personsOf(actor);
    const answers: Answer[] = [];
    for (const [index, request] of requests.entries()) {
      for (const person of persons) answers.push(answer(actor, person, request, index));
    }
    return answers;
  };

  const longestWait = (charges: ReadonlyMap<string, Charge>) => {
    let longest: { readonly waitMs: number; readonly first?: Answer } = { waitMs: 0 };
    for (const [key, { rate, first, requests }] of charges) {
      const waitMs = buckets.timeUntil(key, rate, requests.size);
      if (waitMs > longest.waitMs) longest = { waitMs, first };
    }
    return longest;
  };

  const askAll = (actor: Actor, requests: readonly GateRequest[], approved = false): GateResult => {
    const answers = answersTo(actor, requests);
    const decisions = actor.authors ? strictestOf(answers, requests.length) : answers.map(({ decision }) => decision);
    const refused = (type: 'denied' | 'throttled' | 'approval', { index, decision }: Answer, fault: Fault) => {
      return { type, index, fault, decisions: decisions.with(index, decision) } as const;
    };

    const denied = answers.find(({ decision }) => decision.effect === 'DENY');
    if (denied) {
      const { decision } = denied;
      return refused('denied', denied, new Fault('FORBIDDEN', decision.reason, { decision }));
    }
    const charges = chargesOf(actor, answers);
    const { waitMs, first: throttled } = longestWait(charges);
    if (throttled) {
      const { decision } = throttled;
      const message = `Rate limit exceeded: the policy allows ${decision.rule?.obligation}. Try again in ${waitMs} ms.`;
      return refused('throttled', throttled, new Fault('THROTTLED', message, { decision, retryAfterMs: waitMs }));
    }
    const approval = approved ? undefined : answers.find(needsApproval);
    if (approval) {
      const { decision } = approval;
      const message = `A person must approve this first. ${decision.reason}`;
      return refused('approval', approval, new Fault('APPROVAL_REQUIRED', message, { decision }));
    }
    for (const [key, { rate, requests: charged }] of charges) {
      for (let n = 0; n < charged.size; n += 1) buckets.take(key, rate);
    }
    return { type: 'allowed', decisions };
  };

  return {
    pass(actor, request) {
      const result = askAll(actor, [request]);
      if (result.type !== 'allowed') throw result.fault;
      return result.decisions[0] as Decision;
    },
    askAll,
    preview: (actor, request) => personsOf(actor).map((person) => decideFor(deps, person, request)),
    explain: (actor, request, role) =>
      personsOf(actor).map((person) => {
        if (role !== undefined && !person.isAuthor) return policy.explain({ ...request, roles: [role] });
        let nearMisses: readonly NearMiss[] = [];
        const decision = decideFor(deps, person, request, (question) => {
          const explanation = policy.explain(question);
          nearMisses = explanation.nearMisses;
          return explanation.decision;
        });
        return { decision, nearMisses };
      }),
  };
}

function personsOf(actor: Actor): readonly Person[] {
  const starter = { user: actor, isAuthor: false };
  return actor.authors ? [starter, ...actor.authors.map((user) => ({ user, isAuthor: true }))] : [starter];
}

const NO_CHARGES: ReadonlyMap<string, Charge> = new Map();
const STRICTNESS: Record<Decision['effect'], number> = { ALLOW: 0, THROTTLE: 1, APPROVE: 2, DENY: 3 };

function needsApproval({ decision, inAdvance }: Answer): boolean {
  return decision.effect === 'APPROVE' && !inAdvance;
}

/** Of the decisions about each request, the strictest; of several, the one for the user. */
function strictestOf(answers: readonly Answer[], count: number): readonly Decision[] {
  return Array.from({ length: count }, (_, i) => {
    const about = answers.filter(({ index }) => index === i).map(({ decision }) => decision);
    return about.reduce((most, one) => (STRICTNESS[one.effect] > STRICTNESS[most.effect] ? one : most));
  });
}

function chargesOf({ tenant, subject }: User, answers: readonly Answer[]): ReadonlyMap<string, Charge> {
  let charges: Map<string, Charge> | undefined;
  for (const answer of answers) {
    if (answer.decision.effect !== 'THROTTLE' || answer.inAdvance) continue;
    charges ??= new Map();
    const { rule } = answer.decision;
    const { rate } = parseObligation(rule?.obligation ?? '', 'THROTTLE', rule?.action ?? '');
    if (!rate) throw new Error('a throttle rule has a rate');
    const { count: size, periodMs } = rate;
    const key = JSON.stringify([rule?.id, tenant, subject]);
    const charge = charges.get(key);
    if (charge) charge.requests.add(answer.index);
    else charges.set(key, { rate: { size, perMs: size / periodMs }, first: answer, requests: new Set([answer.index]) });
  }
  return charges ?? NO_CHARGES;
}

function logFields({ subject, tenant }: User, { action, author, canonicalUri, schemaUri, rule, snapshot }: Decision) {
  return { subject, tenant, author, action, canonicalUri, schemaUri, rule: rule?.id, snapshot };
}
