import { Fault } from '../../../../core/errors.ts';
import type { Decision, PolicyEffect as Effect, NearMiss, PolicyRule as Rule } from '../../../../core/policy.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';

const PolicyEffect = builder.enumType('PolicyEffect', {
  description:
    'Effect of a rule on a request that it matches. A request that no rule matches is denied; DENY overrides all other effects.',
  values: {
    ALLOW: { description: 'The request is allowed.' },
    DENY: { description: 'The request is denied, whatever other rules say.' },
    APPROVE: { description: 'The request is allowed after a person has approved it.' },
    THROTTLE: { description: 'The request is allowed, at the rate in the obligation.' },
  } satisfies Record<Effect, object>,
});

const PolicyRule = builder.objectRef<Rule>('PolicyRule').implement({
  description: 'One rule of the policy. The order of the rules does not matter.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'ID of the rule. It stays the same while the text of the rule does.' }),
    role: t.exposeString('role', { description: 'Role to which it applies; roles may inherit from others.' }),
    action: t.exposeString('action', {
      description: 'Glob on the action: `command:convertToCsv`, `query:*`.',
    }),
    uri: t.exposeString('uri', { description: 'Glob on the canonical URI: `https://**`, `file:///data/**`.' }),
    schema: t.exposeString('schema', {
      description: 'Glob on the URI of the JSON Schema. Null when it is not checked.',
    }),
    effect: t.expose('effect', { type: PolicyEffect, description: 'Its effect.' }),
    obligation: t.exposeString('obligation', {
      nullable: true,
      description: 'Parameter of the effect: `rate=10/m` with THROTTLE.',
    }),
    comment: t.exposeString('comment', { nullable: true, description: 'Comment of its author.' }),
  }),
});

builder.queryField('policyRules', (t) =>
  t.field({
    type: [PolicyRule],
    description: 'All rules in force. Requires permission for `query:policyRules`.',
    resolve: (_, _args, ctx) => {
      ctx.app.gate.pass(requireUser(ctx), { action: 'query:policyRules' });
      return [...ctx.app.policy.rules()];
    },
  }),
);

const PolicyNearMiss = builder.objectRef<NearMiss>('PolicyNearMiss').implement({
  description: 'A rule that would have matched except for one part.',
  fields: (t) => ({
    rule: t.expose('rule', { type: PolicyRule, description: 'The rule.' }),
    missed: t.exposeString('missed', {
      description: 'The part that did not match: `role`, `action`, `uri` or `schema`.',
    }),
  }),
});

export const PolicyDecision = builder
  .objectRef<Decision & { readonly nearMisses?: readonly NearMiss[] }>('PolicyDecision')
  .implement({
    description: 'The decision of the policy about one request, and why.',
    fields: (t) => ({
      effect: t.expose('effect', { type: PolicyEffect, description: 'The decision.' }),
      reason: t.exposeString('reason', { description: 'The reason, in one sentence.' }),
      rule: t.expose('rule', {
        type: PolicyRule,
        nullable: true,
        description: 'The rule that decided. Null when no rule matched, which denies.',
      }),
      action: t.exposeString('action', {
        description:
          'The requested action: `command:NAME`, `query:NAME`, `workflow:NAME`, `step:KIND` or `mutation:NAME`.',
      }),
      uri: t.field({
        type: 'URI',
        nullable: true,
        description: 'The same as `canonicalUri`.',
        resolve: ({ canonicalUri }) => canonicalUri ?? null,
      }),
      roles: t.exposeStringList('roles', { description: 'Roles of the caller, or of the author.' }),
      author: t.exposeString('author', {
        nullable: true,
        description:
          'User name of the author of the workflow or of the repeated run for whom it was asked. Null when it was asked for the caller.',
      }),
      canonicalUri: t.expose('canonicalUri', {
        type: 'URI',
        nullable: true,
        description:
          'The URI that the rules were matched with: parsed, checked and normalized. Null for a request without a resource.',
      }),
      schemaUri: t.expose('schemaUri', {
        type: 'URI',
        nullable: true,
        description: 'Canonical URI of the JSON Schema. Null when none was used.',
      }),
      snapshot: t.exposeString('snapshot', {
        description: 'SHA-256 of the policy that decided. It changes with the policy.',
      }),
      nearMisses: t.field({
        type: [PolicyNearMiss],
        description: 'Rules that almost matched, closest first. Empty except in `explainPolicy`.',
        resolve: ({ nearMisses }) => [...(nearMisses ?? [])],
      }),
    }),
  });

const ExplainPolicyInput = builder.inputType('ExplainPolicyInput', {
  description: 'A hypothetical request.',
  fields: (t) => ({
    role: t.string({
      description:
        'Role of the request. Default: your roles. Another role requires permission for `query:explainPolicy`.',
    }),
    action: t.string({
      required: true,
      description:
        'Action of the request: `command:NAME`, `query:NAME`, `workflow:NAME`, `step:KIND` or `mutation:NAME`.',
    }),
    uri: t.field({ type: 'URI', description: 'URI of the request.' }),
    schemaUri: t.field({ type: 'URI', description: 'URI of the JSON Schema of the request.' }),
  }),
});

builder.queryField('explainPolicy', (t) =>
  t.field({
    type: PolicyDecision,
    description:
      'Explain what the policy would decide: the decision, its rule, and rules that almost matched. Nothing is executed, counted or recorded.',
    args: { input: t.arg({ type: ExplainPolicyInput, required: true, description: 'The hypothetical request.' }) },
    resolve: (_, { input: { role, action, uri, schemaUri } }, ctx) => {
      const { gate, policy, resources } = ctx.app;
      const who = requireUser(ctx);
      if (role != null && !who.roles.includes(role)) gate.pass(who, { action: 'query:explainPolicy' });
      if (!/^(command|query|tool|workflow|step|mutation):\S{1,200}$/.test(action)) {
        throw new Fault(
          'BAD_INPUT',
          'action must be command:NAME, query:NAME, workflow:NAME, step:KIND or mutation:NAME.',
          {
            path: ['input', 'action'],
          },
        );
      }
      const { decision, nearMisses } = policy.explain({
        roles: role == null ? who.roles : [role],
        action,
        ...(uri != null && { uri: resources.canonicalize(uri) }),
        ...(schemaUri != null && { schema: resources.canonicalize(schemaUri) }),
      });
      return { ...decision, nearMisses };
    },
  }),
);
