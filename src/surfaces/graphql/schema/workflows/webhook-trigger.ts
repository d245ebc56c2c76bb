import type { WorkflowRecord } from '../../../../core/workflows/workflows.ts';
import type { WebhookTrigger as Trigger, WebhookScheme } from '../../../../workflow/model/workflow-document.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { Run, Workflow } from '../nodes/refs.ts';

const WebhookSchemeType = builder.enumType('WebhookScheme', {
  description: 'How a webhook verifies a delivery.',
  values: {
    STANDARD: {
      value: 'standard' satisfies WebhookScheme,
      description: 'Signed as Standard Webhooks has it: `webhook-id`, `webhook-timestamp`, `webhook-signature`.',
    },
    GITHUB: { value: 'github' satisfies WebhookScheme, description: 'Signed as GitHub does: `X-Hub-Signature-256`.' },
    TOKEN: { value: 'token' satisfies WebhookScheme, description: 'A bearer token in `Authorization`.' },
  },
});

const WebhookTrigger = builder
  .objectRef<{ readonly workflow: WorkflowRecord; readonly trigger: Trigger }>('WebhookTrigger')
  .implement({
    description: 'How deliveries of other services start a saved workflow, on behalf of who saved it.',
    fields: (t) => ({
      path: t.string({
        description: 'Path on this server that takes the deliveries with POST: `/hooks/TENANT/NAME`.',
        resolve: ({ workflow: { tenant, name } }, _args, { app }) =>
          `${app.config.server.basePath}/hooks/${encodeURIComponent(tenant)}/${name}`,
      }),
      scheme: t.field({
        type: WebhookSchemeType,
        description: 'How a delivery is verified.',
        resolve: ({ trigger }) => trigger.scheme,
      }),
      secrets: t.stringList({
        description:
          'Names of the secrets of this server, each of which verifies a delivery. Their values are never returned.',
        extensions: { listSize: 2 },
        resolve: ({ trigger }) => trigger.secrets,
      }),
      lastRun: t.field({
        type: Run,
        nullable: true,
        description: 'The newest run that a delivery started and that you may see. Null before the first.',
        extensions: { cost: 5 },
        resolve: async ({ workflow: { name } }, _args, ctx) => {
          const filter = { workflow: name, label: { webhook: name } };
          const run = (await ctx.app.reader.runs(callerScope(ctx), filter, { first: 1 })).edges[0]?.node;
          return run ? { run } : null;
        },
      }),
    }),
  });

builder.objectField(Workflow, 'webhook', (t) =>
  t.field({
    type: WebhookTrigger,
    nullable: true,
    description:
      'How deliveries start it, by `on: webhook` of this version. Null when it has none. Only the newest version of a workflow takes deliveries.',
    extensions: { cost: 5 },
    resolve: async (workflow, _args, { app }) => {
      const trigger = await app.engine.webhookOf(workflow);
      return trigger ? { workflow, trigger } : null;
    },
  }),
);
