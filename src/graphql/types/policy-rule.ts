import type { PolicyRule as Rule } from '../../core/policy.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { signedIn } from '../caller-scope.ts';
import { PolicyEffect } from './policy-effect.ts';

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
      ctx.app.gate.pass(signedIn(ctx), { action: 'query:policyRules' });
      return [...ctx.app.policy.rules()];
    },
  }),
);
