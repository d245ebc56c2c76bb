import type { CanonicalUri } from './canonical-uri.ts';
import type { Role } from './principal.ts';

export type PolicyEffect = 'ALLOW' | 'DENY' | 'APPROVE' | 'THROTTLE';

/** One line of the policy. */
export interface PolicyRule {
  /** `rule_` and the first 12 hex digits of the sha256 of the line; it changes only with the text of the line. */
  readonly id: string;
  readonly role: Role;
  readonly action: string;
  readonly uri: string;
  /** Glob on the schema URI; `*` matches any. */
  readonly schema: string;
  readonly effect: PolicyEffect;
  /** A condition of the effect, for example `rate=10/m` with THROTTLE. */
  readonly obligation?: string;
  readonly comment?: string;
}

/** A request for a policy decision. An action is `command:NAME`, `query:NAME` or `tool:NAME`. */
export interface PolicyRequest {
  readonly roles: readonly Role[];
  readonly action: string;
  readonly uri?: CanonicalUri;
  readonly schema?: CanonicalUri;
}

/** The policy's decision and its reason. Plain JSON, stored in the journal unchanged. */
export interface Decision {
  readonly effect: PolicyEffect;
  readonly reason: string;
  /** Absent when no rule matched, which denies. */
  readonly rule?: PolicyRule;
  readonly action: string;
  readonly roles: readonly Role[];
  /** User name of the author of a workflow for whom it was asked; absent when it was asked for the caller. */
  readonly author?: string;
  /** The URI that the rules were matched against. */
  readonly canonicalUri?: string;
  readonly schemaUri?: string;
  /** sha256 of the policy that made the decision. */
  readonly snapshot: string;
}

/** A rule that almost matched, and the part that did not. */
export interface NearMiss {
  readonly rule: PolicyRule;
  readonly missed: 'role' | 'action' | 'uri' | 'schema';
}

export interface Explanation {
  readonly decision: Decision;
  readonly nearMisses: readonly NearMiss[];
}

/** What is wrong with the text of a policy; without a line, with its model. */
export interface PolicyProblem {
  readonly line?: number;
  readonly message: string;
}

/** Another policy, which is not in force. */
export interface SimulatedPolicy {
  readonly problems: readonly PolicyProblem[];
  /** Absent when there are problems. */
  decide?(request: PolicyRequest): Decision;
}

/** The policy, as the layers above see it. */
export interface Policy {
  /** Synchronous; never throws: an internal error denies. */
  decide(request: PolicyRequest): Decision;
  explain(request: PolicyRequest): Explanation;
  rules(): readonly PolicyRule[];
  /** The text of the rules in force, as in the file, and the roles that it declares. */
  source(): { readonly text: string; readonly roles: readonly Role[] };
  /** The policy with other rules and the same model. Nothing changes. */
  simulate(rules: string): Promise<SimulatedPolicy>;
  /** sha256 of the model and rules in force; changes when a reload is accepted. */
  snapshot(): string;
}
