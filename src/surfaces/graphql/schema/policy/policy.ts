import { Fault } from '../../../../core/errors.ts';
import type {
  Decision,
  PolicyEffect as Effect,
  Explanation,
  NearMiss,
  PolicyRule as Rule,
} from '../../../../core/policy.ts';
import type { User } from '../../../../core/principal.ts';
import { userOf } from '../../../../engine/driver/run-start.ts';
import { withAuthors } from '../../../../engine/model/actor.ts';
import { parsePolicyUri } from '../../../../resources/uri/policy-uri.ts';
import { authorizeWorkflowRead, requireUser } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
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

const PolicySource = builder
  .objectRef<{ readonly text: string; readonly roles: readonly string[]; readonly snapshot: string }>('PolicySource')
  .implement({
    description: 'The text of the policy in force.',
    fields: (t) => ({
      text: t.exposeString('text', { description: 'The rules, as in the file `POLICY_FILE`.' }),
      roles: t.stringList({ description: 'The roles that it declares.', resolve: ({ roles }) => [...roles] }),
      snapshot: t.exposeString('snapshot', { description: 'SHA-256 of the policy. It changes with the policy.' }),
    }),
  });

builder.queryField('policySource', (t) =>
  t.field({
    type: PolicySource,
    description: 'The text of the policy in force. Requires permission for `query:policyRules`.',
    resolve: (_, _args, ctx) => {
      const { gate, policy } = ctx.app;
      gate.pass(requireUser(ctx), { action: 'query:policyRules' });
      return { ...policy.source(), snapshot: policy.snapshot() };
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

/** A decision; in `explainPolicy` with more. */
type ExplainedDecision = Decision & { readonly nearMisses?: readonly NearMiss[]; readonly forAuthor?: Explanation };

export const PolicyDecision = builder.objectRef<ExplainedDecision>('PolicyDecision');

PolicyDecision.implement({
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
    forAuthor: t.field({
      type: PolicyDecision,
      nullable: true,
      description:
        'The decision for the author of the workflow, whose permission is needed too. Null except in `explainPolicy` with the workflow of another.',
      resolve: ({ forAuthor }) => (forAuthor ? flat(forAuthor) : null),
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
        'Action of the request: `command:NAME`, `query:NAME`, `tool:NAME`, `workflow:NAME`, `step:KIND`, `job:TOPIC`, `mutation:NAME`, `agent:BACKEND`, `secret:NAME`, `memory:read`, `memory:append`, `override:owner`, `worker:drain`, `worker:revoke`, `account:read`, `account:write`, `account:tokens` or `exec`.',
    }),
    uri: t.field({
      type: 'URI',
      description:
        'URI of the request: a resource, a program (`exec:///PATH`), `memory:NAME`, `workflow:NAME`, `worker:ID`, `run:own` or `run:tenant`.',
    }),
    schemaUri: t.field({ type: 'URI', description: 'URI of the JSON Schema of the request.' }),
    workflow: t.string({
      description:
        'Name of the saved workflow that would make the request: its author is asked for too. Requires permission for `query:workflows`.',
    }),
  }),
});

builder.queryField('may', (t) =>
  t.field({
    type: [PolicyDecision],
    description:
      'What the policy decides about actions of yours that name no resource, such as `mutation:cancelRun`, in the order of the actions. Nothing is counted or recorded. `explainPolicy` answers for an action on a resource.',
    args: {
      actions: t.arg.stringList({ required: true, description: `The actions. Maximum ${MAX_ACTIONS}.` }),
    },
    resolve: (_, { actions }, ctx) => {
      const user = userOf(requireUser(ctx));
      if (actions.length > MAX_ACTIONS) {
        const message = `At most ${MAX_ACTIONS} actions may be asked about at once; received ${actions.length}.`;
        throw new Fault('BAD_INPUT', message, { path: ['actions'] });
      }
      return actions.flatMap((action, index) => {
        assertAction(action, ['actions', String(index)]);
        return [...ctx.app.gate.preview(user, { action })];
      });
    },
  }),
);

builder.queryField('explainPolicy', (t) =>
  t.field({
    type: PolicyDecision,
    description:
      'Explain what the policy would decide: the decision, its rule, and rules that almost matched. Nothing is executed, counted or recorded.',
    args: { input: t.arg({ type: ExplainPolicyInput, required: true, description: 'The hypothetical request.' }) },
    resolve: async (_, { input: { role, action, uri, schemaUri, workflow } }, ctx) => {
      const { gate, resources } = ctx.app;
      const who = requireUser(ctx);
      if (role != null && !who.roles.includes(role)) gate.pass(who, { action: 'query:explainPolicy' });
      assertAction(action, ['input', 'action']);
      const authors = workflow == null ? [] : [await authorOf(ctx, workflow)];
      const actor = withAuthors(userOf(who), authors);
      const request = {
        action,
        ...(uri != null && { uri: parsePolicyUri(uri, resources.canonicalize) }),
        ...(schemaUri != null && { schema: resources.canonicalize(schemaUri) }),
      };
      const [own, forAuthor] = gate.explain(actor, request, role ?? undefined);
      return { ...flat(own as Explanation), ...(forAuthor && { forAuthor }) };
    },
  }),
);

const ACTION_KINDS = [
  'command',
  'query',
  'tool',
  'workflow',
  'step',
  'job',
  'mutation',
  'agent',
  'secret',
  'memory',
  'override',
  'worker',
  'account',
];
const ACTION = new RegExp(`^(?:(?:${ACTION_KINDS.join('|')}):\\S{1,200}|exec)$`);

const MAX_ACTIONS = 50;

/** @throws Fault BAD_INPUT */
function assertAction(action: string, path: readonly string[]): void {
  if (ACTION.test(action)) return;
  const message = `action must be exec, or a kind and a name: ${ACTION_KINDS.map((kind) => `${kind}:NAME`).join(', ')}.`;
  throw new Fault('BAD_INPUT', message, { path });
}

const flat = ({ decision, nearMisses }: Explanation) => ({ ...decision, nearMisses });

async function authorOf(ctx: Context, name: string): Promise<User> {
  const { tenant } = authorizeWorkflowRead(ctx);
  const workflow = await ctx.app.workflows.find(tenant, name);
  if (workflow) return workflow.createdBy;
  throw new Fault('NOT_FOUND', `There is no workflow ${name}.`, { path: ['input', 'workflow'] });
}
