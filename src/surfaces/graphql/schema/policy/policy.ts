import { Fault } from '../../../../core/errors.ts';
import type { Decision, PolicyEffect as Effect, NearMiss, PolicyRule as Rule } from '../../../../core/policy.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';

export const PolicyEffect = builder.enumType('PolicyEffect', {
  description: 'What a rule does with a request that it matches. What no rule matches is denied; DENY wins over all.',
  values: {
    ALLOW: { description: 'It may be done.' },
    DENY: { description: 'It may not be done, whatever other rules say.' },
    APPROVE: { description: 'It may be done once a person has agreed.' },
    THROTTLE: { description: 'It may be done, but only as often as the obligation says.' },
  } satisfies Record<Effect, object>,
});

export const PolicyRule = builder.objectRef<Rule>('PolicyRule').implement({
  description: 'One line of the policy. The order of the lines does not matter.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'Stays the same while the text of the line does.' }),
    role: t.exposeString('role', { description: 'Whom it is about; roles may inherit from others.' }),
    action: t.exposeString('action', {
      description: 'Glob on what is to be done: `command:convertToCsv`, `query:*`.',
    }),
    uri: t.exposeString('uri', { description: 'Glob on the canonical URI: `https://**`, `file:///data/**`.' }),
    schema: t.exposeString('schema', {
      description: 'Glob on the URI of the JSON Schema, looked at only when one is used.',
    }),
    effect: t.expose('effect', { type: PolicyEffect, description: 'What it does with what it matches.' }),
    obligation: t.exposeString('obligation', {
      nullable: true,
      description: 'What comes with the effect: `rate=10/m` with THROTTLE.',
    }),
    comment: t.exposeString('comment', { nullable: true, description: 'What its author wrote beside it.' }),
  }),
});

builder.queryField('policyRules', (t) =>
  t.field({
    type: [PolicyRule],
    description: 'All rules now in force. Needs the policy’s leave for `query:policyRules`.',
    resolve: (_, _args, ctx) => {
      ctx.app.gate.pass(requireUser(ctx), { action: 'query:policyRules' });
      return [...ctx.app.policy.rules()];
    },
  }),
);

export const PolicyNearMiss = builder.objectRef<NearMiss>('PolicyNearMiss').implement({
  description: 'A rule that would have matched but for one part.',
  fields: (t) => ({
    rule: t.expose('rule', { type: PolicyRule, description: 'The rule.' }),
    missed: t.exposeString('missed', {
      description: 'The column that did not match: `role`, `action`, `uri` or `schema`.',
    }),
  }),
});

export const PolicyDecision = builder
  .objectRef<Decision & { readonly nearMisses?: readonly NearMiss[] }>('PolicyDecision')
  .implement({
    description: 'What the policy said to one request, and why.',
    fields: (t) => ({
      effect: t.expose('effect', { type: PolicyEffect, description: 'What it said.' }),
      reason: t.exposeString('reason', { description: 'Why, in a sentence.' }),
      rule: t.expose('rule', {
        type: PolicyRule,
        nullable: true,
        description: 'The rule that decided. Null when none matched, which denies.',
      }),
      action: t.exposeString('action', {
        description:
          'What was to be done: `command:NAME`, `query:NAME`, `workflow:NAME`, `step:KIND` or `mutation:NAME`.',
      }),
      uri: t.field({
        type: 'URI',
        nullable: true,
        description: 'The resource it was to be done with, where there was one; the same as `canonicalUri`.',
        resolve: ({ canonicalUri }) => canonicalUri ?? null,
      }),
      roles: t.exposeStringList('roles', { description: 'The roles of who asked.' }),
      canonicalUri: t.expose('canonicalUri', {
        type: 'URI',
        nullable: true,
        description: 'What the rules were matched against: the URI parsed, checked and normalized.',
      }),
      schemaUri: t.expose('schemaUri', {
        type: 'URI',
        nullable: true,
        description: 'The canonical URI of the JSON Schema, where one was used.',
      }),
      snapshot: t.exposeString('snapshot', {
        description: 'SHA-256 of the policy that decided; changes when the policy does.',
      }),
      nearMisses: t.field({
        type: [PolicyNearMiss],
        description:
          'Rules that came close, closest first. Only `explainPolicy` looks for them; elsewhere it is empty.',
        resolve: ({ nearMisses }) => [...(nearMisses ?? [])],
      }),
    }),
  });

const ExplainPolicyInput = builder.inputType('ExplainPolicyInput', {
  description: 'A request that is not made, only judged.',
  fields: (t) => ({
    role: t.string({
      description:
        'Whose request it would be; your own roles unless told. Another role needs the policy’s leave for `query:explainPolicy`.',
    }),
    action: t.string({
      required: true,
      description:
        'What would be done, `command:NAME`, `query:NAME`, `workflow:NAME`, `step:KIND` or `mutation:NAME`: `command:fetch`.',
    }),
    uri: t.field({ type: 'URI', description: 'The resource that it would be done with.' }),
    schemaUri: t.field({ type: 'URI', description: 'The JSON Schema that would be used.' }),
  }),
});

builder.queryField('explainPolicy', (t) =>
  t.field({
    type: PolicyDecision,
    description:
      'What the policy would say, which rule decides, and which rules came close. Nothing is done, counted or recorded.',
    args: { input: t.arg({ type: ExplainPolicyInput, required: true, description: 'The request to judge.' }) },
    resolve: (_, { input: { role, action, uri, schemaUri } }, ctx) => {
      const { gate, policy, resources } = ctx.app;
      const who = requireUser(ctx);
      if (role != null && !who.roles.includes(role)) gate.pass(who, { action: 'query:explainPolicy' });
      if (!/^(command|query|tool|workflow|step|mutation):\S{1,200}$/.test(action)) {
        throw new Fault(
          'BAD_INPUT',
          'An action is command:NAME, query:NAME, workflow:NAME, step:KIND or mutation:NAME.',
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
