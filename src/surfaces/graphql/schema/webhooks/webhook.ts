import type {
  WebhookDeliveryState as DeliveryState,
  WebhookDisabledReason as DisabledReason,
  WebhookEvent as Event,
  WebhookDeliveryRecord,
  WebhookRecord,
} from '../../../../core/workflows/webhooks.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { Principal } from '../accounts/principal.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { Node } from '../nodes/node.ts';
import { Run } from '../nodes/refs.ts';
import { findRun } from '../nodes/run-view.ts';

export const WebhookEvent = builder.enumType('WebhookEvent', {
  description: 'An event that a webhook gets.',
  values: {
    RUN_ENDED: { value: 'run.ended' satisfies Event, description: 'A run has ended, in whichever state.' },
    APPROVAL_REQUESTED: { value: 'approval.requested' satisfies Event, description: 'A step waits for a person.' },
    APPROVAL_DECIDED: {
      value: 'approval.decided' satisfies Event,
      description: 'An approval was granted or rejected, or it expired.',
    },
  },
});

const WebhookDeliveryState = builder.enumType('WebhookDeliveryState', {
  description: 'State of a delivery.',
  values: {
    PENDING: { value: 'PENDING' satisfies DeliveryState, description: 'It waits for its first or next attempt.' },
    DELIVERED: { value: 'DELIVERED' satisfies DeliveryState, description: 'The receiver answered with a status 2xx.' },
    FAILED: {
      value: 'FAILED' satisfies DeliveryState,
      description: 'All attempts of a day failed, or there is no use in another one.',
    },
  },
});

const WebhookDisabledReason = builder.enumType('WebhookDisabledReason', {
  description: 'Why a webhook was disabled.',
  values: {
    FAILING: { value: 'FAILING' satisfies DisabledReason, description: 'Every attempt of five days failed.' },
    GONE: { value: 'GONE' satisfies DisabledReason, description: 'The receiver answered 410.' },
    BACKLOG: { value: 'BACKLOG' satisfies DisabledReason, description: '10,000 deliveries waited.' },
    ACCOUNT: {
      value: 'ACCOUNT' satisfies DisabledReason,
      description: 'The account of its owner was removed or disabled.',
    },
  },
});

export const WebhookDelivery = builder.objectRef<WebhookDeliveryRecord>('WebhookDelivery');
WebhookDelivery.implement({
  description: 'An event that a webhook gets, or has got. Kept for 30 days, the newest 10,000 of a webhook.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'ID of the delivery, in the header `webhook-id` of every attempt: `msg_…`.' }),
    event: t.expose('event', { type: WebhookEvent, description: 'What has happened.' }),
    run: t.field({
      type: Run,
      nullable: true,
      description: 'The run. Null when it was removed, or when you may not see it.',
      extensions: { cost: 5 },
      resolve: ({ runId }, _args, ctx) => findRun(runId, ctx),
    }),
    body: t.exposeString('body', { description: 'The body, as it is sent: JSON.' }),
    state: t.expose('state', { type: WebhookDeliveryState, description: 'Its state.' }),
    attempts: t.exposeInt('attempts', { description: 'How often it has been sent, or is being sent.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
    nextAt: t.expose('nextAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is sent next. Null once it has ended, and while the webhook is disabled.',
    }),
    lastStatus: t.exposeInt('lastStatus', {
      nullable: true,
      description: 'HTTP status of the answer to the last attempt. Null when there was no answer.',
    }),
    lastError: t.exposeString('lastError', {
      nullable: true,
      description: 'Why the last attempt failed. Null when it did not.',
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was delivered, or failed for good. Null while it is pending.',
    }),
  }),
});

const WebhookDeliveryConnection = createConnectionType('WebhookDelivery', WebhookDelivery);

export const Webhook = builder.objectRef<WebhookRecord>('Webhook');
Webhook.implement({
  description:
    'A URL that gets events, as POST requests signed as Standard Webhooks has it: those of the runs that its owner may see when they are sent. (`Workflow.webhook` is the other direction.)',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'ID of the webhook: `hook_…`.' }),
    url: t.exposeString('url', { description: 'Where events are sent.' }),
    events: t.field({
      type: [WebhookEvent],
      description: 'What it gets.',
      extensions: { listSize: 3 },
      resolve: ({ events }) => events,
    }),
    workflow: t.exposeString('workflow', {
      nullable: true,
      description: 'Name of the workflow whose runs it gets. Null for those of every run.',
    }),
    owner: t.field({
      type: Principal,
      description: 'On whose behalf it gets events.',
      resolve: ({ principal }) => principal,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    failingSince: t.expose('failingSince', {
      type: 'DateTime',
      nullable: true,
      description:
        'When the first of the attempts failed that have all failed since. Null when the last one succeeded.',
    }),
    disabledAt: t.expose('disabledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it gets nothing. Null while it is enabled.',
    }),
    disabledReason: t.expose('disabledReason', {
      type: WebhookDisabledReason,
      nullable: true,
      description: 'Why it gets nothing. Null while it is enabled.',
    }),
    deliveries: t.field({
      type: WebhookDeliveryConnection,
      description: 'Its deliveries, newest first.',
      extensions: { cost: 20 },
      args: {
        state: t.arg({ type: WebhookDeliveryState, description: 'Only those in this state. Default: all.' }),
        first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
        after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
      },
      resolve: (webhook, { state, ...page }, { app }) =>
        app.webhooks.deliveriesOf(webhook, state ?? undefined, parsePageArgs(page)),
    }),
  }),
});

const WebhookConnection = createConnectionType('Webhook', Webhook);

builder.queryField('webhooks', (t) =>
  t.field({
    type: WebhookConnection,
    description:
      'Your webhooks, newest first; those of the whole tenant when the policy lets you see all its runs. Requires permission for `query:webhooks`.',
    extensions: { cost: 20 },
    args: {
      first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
      after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
    },
    resolve: (_, page, ctx) => ctx.app.webhooks.list(requireUser(ctx), parsePageArgs(page)),
  }),
);
