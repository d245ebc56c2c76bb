import { Fault } from '../../core/errors.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { signedIn } from '../caller-scope.ts';
import { PolicyDecision } from './policy-decision.ts';

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
      const who = signedIn(ctx);
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
