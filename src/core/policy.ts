import type { CanonicalUri } from './canonical-uri.ts';
import type { Role } from './principal.ts';

export type PolicyEffect = 'ALLOW' | 'DENY' | 'APPROVE' | 'THROTTLE';

/** One line of the policy. */
export interface PolicyRule {
  /** Stable while the line's text is: the first 12 hex digits of its sha256, prefixed `rule_`. */
  readonly id: string;
  readonly role: Role;
  readonly action: string;
  readonly uri: string;
  /** Glob on the schema URI; `*` where the rule does not look at it. */
  readonly schema: string;
  readonly effect: PolicyEffect;
  /** What comes with the effect, for example `rate=10/m` with THROTTLE. */
  readonly obligation?: string;
  readonly comment?: string;
}

/** What is asked of the policy. An action is `command:NAME`, `query:NAME` or `tool:NAME`. */
export interface PolicyRequest {
  readonly roles: readonly Role[];
  readonly action: string;
  readonly uri?: CanonicalUri;
  readonly schema?: CanonicalUri;
}

/** What the policy said, and why. Plain JSON: it is stored in the journal as it stands. */
export interface Decision {
  readonly effect: PolicyEffect;
  readonly reason: string;
  /** Absent when no rule matched, which denies. */
  readonly rule?: PolicyRule;
  readonly action: string;
  readonly roles: readonly Role[];
  /** What the rules were matched against. */
  readonly canonicalUri?: string;
  readonly schemaUri?: string;
  /** sha256 of the policy that decided. */
  readonly snapshot: string;
}

/** The rules that came close, with the part that did not match. */
export interface NearMiss {
  readonly rule: PolicyRule;
  readonly missed: 'role' | 'action' | 'uri' | 'schema';
}

export interface Explanation {
  readonly decision: Decision;
  readonly nearMisses: readonly NearMiss[];
}

/** The policy as everything above floor 1 sees it. */
export interface Policy {
  /** Synchronous and total: it never throws, an error inside denies. */
  decide(ask: PolicyRequest): Decision;
  explain(ask: PolicyRequest): Explanation;
  rules(): readonly PolicyRule[];
  /** sha256 of the model and the rules now in force; changes when a reload is accepted. */
  snapshot(): string;
}
