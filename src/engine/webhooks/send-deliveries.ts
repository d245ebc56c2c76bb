import type { Clock } from '../../core/clock.ts';
import type { Logger, Metrics } from '../../core/telemetry.ts';
import type {
  WebhookDeliveries,
  WebhookDeliveryRecord,
  WebhookDisabledReason,
  WebhookRecord,
  Webhooks,
} from '../../core/workflows/webhooks.ts';
import { type AttemptDeps, type AttemptResult, attemptDelivery, outcomeOf } from './attempt-delivery.ts';

export interface SendDeps extends AttemptDeps {
  readonly webhooks: Pick<Webhooks, 'find' | 'disable' | 'setFailing'>;
  readonly deliveries: Pick<WebhookDeliveries, 'nextDue' | 'claim' | 'finish' | 'trim'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'webhookAttempted'>;
}

/** Sends what is due. */
export interface DeliverySender {
  /** Begins to send what there is room for. @returns whether something was due */
  tick(): Promise<boolean>;
  /** Aborts what is being sent; it is due again in a minute. */
  stop(): Promise<void>;
}

/** Deliveries that one node sends at once, of all webhooks and of one. */
const MAX_SENDING = 64;
const MAX_SENDING_PER_WEBHOOK = 4;
/** Longer than an attempt takes. If the node dies on the way, another one tries after it. */
const CLAIM_MS = 60_000;
/** A webhook whose attempts have all failed for so long is disabled. */
const DISABLE_AFTER_MS = 5 * 86_400_000;
const KEEP_MS = 30 * 86_400_000;
/** How often what is over the limits is removed: after so many attempts of this process. */
const TRIM_INTERVAL = 100;

export function createDeliverySender(deps: SendDeps): DeliverySender {
  const { webhooks, deliveries, clock, logger, metrics } = deps;
  const stopping = new AbortController();
  const sending = new Map<string, Set<Promise<void>>>();
  let count = 0;
  let attempts = 0;

  const disable = async ({ id, tenant, url }: WebhookRecord, reason: WebhookDisabledReason) => {
    const isFirst = await webhooks.disable(id, reason, clock.now());
    if (isFirst) logger.warn('webhook.disabled', { webhookId: id, tenant, url, reason });
  };

  const record = async (webhook: WebhookRecord, delivery: WebhookDeliveryRecord, result: AttemptResult) => {
    const now = clock.now();
    await deliveries.finish(delivery, outcomeOf(result, delivery.attempts, now, Math.random()), now);
    if (result.type === 'GONE') await disable(webhook, 'GONE');
    if (result.type === 'ACCOUNT') await disable(webhook, 'ACCOUNT');
    if (result.type === 'DELIVERED') await webhooks.setFailing(webhook, undefined);
    if (result.type !== 'REFUSED') return;
    await webhooks.setFailing(webhook, now);
    const since = webhook.failingSince?.getTime() ?? now.getTime();
    if (now.getTime() - since >= DISABLE_AFTER_MS) await disable(webhook, 'FAILING');
  };

  const send = async (delivery: WebhookDeliveryRecord): Promise<void> => {
    const { id, webhookId, tenant } = delivery;
    try {
      const webhook = await webhooks.find({ tenant }, webhookId);
      // Otherwise it was deleted, or disabled meanwhile.
      if (!webhook || webhook.disabledAt) return;
      const result = await attemptDelivery(deps, webhook, delivery, clock.now(), stopping.signal);
      if (stopping.signal.aborted && result.type === 'REFUSED') return;
      metrics.webhookAttempted(result.type === 'DELIVERED');
      await record(webhook, delivery, result);
      attempts += 1;
      if (attempts % TRIM_INTERVAL === 1) await deliveries.trim(webhookId, new Date(clock.now().getTime() - KEEP_MS));
    } catch (error) {
      // It is due again when the claim has expired.
      logger.error('webhook.attempt_failed', { deliveryId: id, webhookId, error: String(error) });
    }
  };

  const begin = (delivery: WebhookDeliveryRecord) => {
    const ofWebhook = sending.get(delivery.webhookId) ?? new Set();
    sending.set(delivery.webhookId, ofWebhook);
    count += 1;
    const work = send(delivery).finally(() => {
      count -= 1;
      ofWebhook.delete(work);
      if (ofWebhook.size === 0) sending.delete(delivery.webhookId);
    });
    ofWebhook.add(work);
  };

  return {
    async tick() {
      const now = clock.now();
      const until = new Date(now.getTime() + CLAIM_MS);
      let isDue = false;
      let webhookId = await deliveries.nextDue('', now);
      while (webhookId !== undefined && count < MAX_SENDING && !stopping.signal.aborted) {
        isDue = true;
        const room = Math.min(MAX_SENDING_PER_WEBHOOK - (sending.get(webhookId)?.size ?? 0), MAX_SENDING - count);
        if (room > 0) for (const delivery of await deliveries.claim(webhookId, room, now, until)) begin(delivery);
        webhookId = await deliveries.nextDue(webhookId, now);
      }
      return isDue;
    },
    async stop() {
      stopping.abort();
      await Promise.all([...sending.values()].flatMap((ofWebhook) => [...ofWebhook]));
    },
  };
}
