import { createSealer } from '../auth/sealer.ts';
import type { Config } from '../config/config.ts';
import { createWebhookLoop, type WebhookLoop } from '../engine/webhooks/webhook-loop.ts';
import { createWebhookRequests, type WebhookRequests } from '../engine/webhooks/webhook-requests.ts';
import type { Adapters } from './adapters.ts';
import type { EngineParts } from './engine.ts';

/** What sends events to URLs, and what callers do with it. */
export interface WebhookParts {
  readonly requests: WebhookRequests;
  readonly loop: WebhookLoop;
}

export function createWebhookParts(
  { credentialsKey, credentialsPreviousKey }: Config,
  { store, standings, resources, outgoing, clock, logger, metrics }: Adapters,
  { policy, gate }: EngineParts,
): WebhookParts {
  const { webhooks, webhookDeliveries: deliveries, webhookSource: source, reader } = store;
  const sealer = createSealer(credentialsKey, credentialsPreviousKey);
  const shared = { webhooks, deliveries, gate, policy, resources, sealer, clock };
  const loop = createWebhookLoop({
    ...shared,
    source,
    reader,
    standings,
    outgoing,
    logger,
    metrics,
    head: () => store.journal.head(),
  });
  return { requests: createWebhookRequests({ ...shared, wakeSender: loop.wake }), loop };
}
