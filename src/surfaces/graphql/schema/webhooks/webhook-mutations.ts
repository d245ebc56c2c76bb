import type { WebhookRecord } from '../../../../core/workflows/webhooks.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Webhook, WebhookDelivery, WebhookEvent } from './webhook.ts';

const CreatedWebhook = builder
  .objectRef<{ readonly webhook: WebhookRecord; readonly secret: string }>('CreatedWebhook')
  .implement({
    description: 'A webhook that was created.',
    fields: (t) => ({
      webhook: t.expose('webhook', { type: Webhook, description: 'The webhook.' }),
      secret: t.exposeString('secret', {
        description: 'Secret that signs its deliveries: `whsec_` and base64. It is not shown again.',
      }),
    }),
  });

const CreateWebhookResult = builder.unionType('CreateWebhookResult', {
  description: 'The webhook and its secret, or why the request was refused.',
  types: [CreatedWebhook, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'CreatedWebhook'),
});

const WebhookResult = builder.unionType('WebhookResult', {
  description: 'A webhook, or why the request was refused.',
  types: [Webhook, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Webhook'),
});

const WebhookDeliveryResult = builder.unionType('WebhookDeliveryResult', {
  description: 'A delivery, or why the request was refused.',
  types: [WebhookDelivery, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'WebhookDelivery'),
});

const CreateWebhookInput = builder.inputType('CreateWebhookInput', {
  description: 'A webhook to create.',
  fields: (t) => ({
    url: t.string({
      required: true,
      description:
        'URL with https or http, at most 2,048 characters. Private addresses only if the server allows them (`ALLOWED_PRIVATE_HOSTS`).',
    }),
    events: t.field({ type: [WebhookEvent], required: true, description: 'What it gets. At least one.' }),
    workflow: t.string({ description: 'Name of the workflow whose runs it gets. Default: those of every run.' }),
  }),
});

const id = 'ID of the webhook: `hook_…`.';

builder.mutationFields((t) => ({
  createWebhook: t.field({
    type: CreateWebhookResult,
    description:
      'Send events to a URL, from now on and on your behalf: of the runs that you may see. Requires permission for `mutation:createWebhook` on the URL, now and for each attempt.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: CreateWebhookInput, required: true, description: 'The webhook.' }) },
    resolve: (_, { input: { url, events, workflow } }, ctx) =>
      orRefusal(async () =>
        ctx.app.webhooks.create(requireUser(ctx), { url, events, ...(workflow != null && { workflow }) }),
      ),
  }),
  deleteWebhook: t.field({
    type: WebhookResult,
    description:
      'Delete a webhook and its deliveries, and return it. Nothing more is sent, but for what is being sent. Requires permission for `mutation:deleteWebhook`.',
    extensions: { cost: 100 },
    args: { id: t.arg.id({ required: true, description: id }) },
    resolve: (_, args, ctx) => orRefusal(async () => ctx.app.webhooks.remove(requireUser(ctx), String(args.id))),
  }),
  enableWebhook: t.field({
    type: WebhookResult,
    description:
      'Enable a webhook that was disabled. It gets what waited, and events from now on; those in between are lost. Requires permission for `mutation:enableWebhook`.',
    extensions: { cost: 100 },
    args: { id: t.arg.id({ required: true, description: id }) },
    resolve: (_, args, ctx) => orRefusal(async () => ctx.app.webhooks.enable(requireUser(ctx), String(args.id))),
  }),
  redeliverWebhook: t.field({
    type: WebhookDeliveryResult,
    description:
      'Send a delivery again, with the same ID and body, and all its attempts. Requires permission for `mutation:redeliverWebhook`. CONFLICT while the webhook is disabled.',
    extensions: { cost: 100 },
    args: { deliveryId: t.arg.id({ required: true, description: 'ID of the delivery: `msg_…`.' }) },
    resolve: (_, { deliveryId }, ctx) =>
      orRefusal(async () => ctx.app.webhooks.redeliver(requireUser(ctx), String(deliveryId))),
  }),
}));
