import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import type { Journal } from '../../core/journal.ts';
import type { Decision, Policy, PolicyProblem } from '../../core/policy.ts';
import type { Scope, SignedIn } from '../../core/principal.ts';
import type { Resources } from '../../core/resource.ts';
import { scopeOf } from '../../policy/visibility.ts';
import { parsePolicyUri } from '../../resources/uri/policy-uri.ts';
import type { Gate } from '../gate/gate.ts';

/** Events of the journal that one simulation reads: the newest. */
const MAX_EVENTS = 500_000;
const MAX_RULES_CHARACTERS = 512 * 1024;
const MAX_CHANGES = 100;
const BATCH_EVENTS = 1_000;
const DEFAULT_PERIOD_MS = 24 * 60 * 60 * 1_000;

/** Decisions that a policy would change in the same way. */
export interface PolicyChange {
  /** The newest of them, as it was recorded. */
  readonly before: Decision;
  readonly after: Decision;
  readonly count: number;
  readonly lastAt: Date;
  readonly lastRunId: string;
}

/** What another policy would have decided about what was recorded. */
export interface PolicySimulation {
  readonly problems: readonly PolicyProblem[];
  /** Recorded decisions that were decided again. */
  readonly decisions: number;
  readonly changed: number;
  /** The most frequent first; at most 100. */
  readonly changes: readonly PolicyChange[];
  /** Time of the oldest decision that was decided again. */
  readonly from?: Date;
}

interface SimulatePolicyDeps {
  readonly policy: Policy;
  readonly gate: Gate;
  readonly journal: Pick<Journal, 'page' | 'head'>;
  readonly resources: Resources;
  readonly clock: { now(): Date };
}

/** See `Engine.simulatePolicy`. */
export async function simulatePolicy(
  deps: SimulatePolicyDeps,
  principal: SignedIn,
  rules: string,
  since: Date | undefined,
): Promise<PolicySimulation> {
  deps.gate.pass(principal, { action: 'query:policyRules' });
  const scope = scopeOf(principal, deps.policy);
  if (!scope) throw new Fault('FORBIDDEN', 'The policy lets your roles see no runs, and no decisions about them.');
  if (rules.length > MAX_RULES_CHARACTERS) {
    throw new Fault('BAD_INPUT', `The rules have more than ${MAX_RULES_CHARACTERS} characters.`, { path: ['rules'] });
  }
  const asked = since ?? new Date(deps.clock.now().getTime() - DEFAULT_PERIOD_MS);
  const simulated = await deps.policy.simulate(rules);
  const none = { problems: simulated.problems, decisions: 0, changed: 0, changes: [] };
  const { decide } = simulated;
  if (!decide) return none;

  const head = await deps.journal.head();
  const oldest = Math.max(0, head - MAX_EVENTS);
  const groups = new Map<string, PolicyChange>();
  let [decisions, changed] = [0, 0];
  let from: Date | undefined;
  let position = await positionAt(deps.journal, scope, asked, oldest, head);
  for (let caughtUp = false; !caughtUp && position < head; ) {
    const batch = await deps.journal.page(position, { types: ['POLICY_DECIDED'] }, scope, BATCH_EVENTS);
    for (const event of batch.events) {
      if (event.type !== 'POLICY_DECIDED' || event.at < asked) continue;
      const before = event.payload.decision;
      const request = requestOf(before, deps.resources);
      if (!request) continue;
      from ??= event.at;
      decisions += 1;
      const after = decide(request);
      if (after.effect === before.effect) continue;
      changed += 1;
      addChange(groups, event, before, after);
    }
    ({ position, caughtUp } = batch);
  }
  const changes = [...groups.values()].sort((a, b) => b.count - a.count).slice(0, MAX_CHANGES);
  return { ...none, decisions, changed, changes, ...(from && { from }) };
}

function addChange(groups: Map<string, PolicyChange>, event: Event, before: Decision, after: Decision): void {
  const { roles, action, canonicalUri, schemaUri } = before;
  const key = JSON.stringify([roles, action, canonicalUri, schemaUri, before.effect, after.effect, after.rule?.id]);
  const count = (groups.get(key)?.count ?? 0) + 1;
  groups.set(key, { before, after, count, lastAt: event.at, lastRunId: event.runId });
}

/** What was asked, if this server still understands its URIs. */
function requestOf({ roles, action, canonicalUri, schemaUri }: Decision, { canonicalize }: Resources) {
  const parsed = (href: string): CanonicalUri => parsePolicyUri(href, canonicalize);
  try {
    return {
      roles,
      action,
      ...(canonicalUri !== undefined && { uri: parsed(canonicalUri) }),
      ...(schemaUri !== undefined && { schema: parsed(schemaUri) }),
    };
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

/** A position before all events since that time, by bisection: times rise with positions, but for the clocks of nodes. */
async function positionAt(
  journal: SimulatePolicyDeps['journal'],
  scope: Scope,
  since: Date,
  oldest: number,
  newest: number,
): Promise<number> {
  let [low, high] = [oldest, newest];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const first = await firstAfter(journal, scope, middle);
    // Retention has removed what is older; and what is not visible there says nothing.
    if (first === 'removed' || (first && first.at < since)) low = middle;
    else high = middle;
  }
  // A node whose clock is behind may have recorded some of them earlier.
  const start = Math.max(oldest, high - BATCH_EVENTS);
  return start > 0 && (await firstAfter(journal, scope, start)) === 'removed' ? high : start;
}

async function firstAfter(
  journal: SimulatePolicyDeps['journal'],
  scope: Scope,
  position: number,
): Promise<Event | 'removed' | undefined> {
  try {
    return (await journal.page(position, {}, scope, 1)).events[0];
  } catch (error) {
    if (error instanceof Fault && error.code === 'CURSOR_EXPIRED') return 'removed';
    throw error;
  }
}
