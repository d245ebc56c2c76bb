import { standardSignature } from '../../auth/webhook-signature.ts';
import type { Secret } from '../../config/secrets.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { newId } from '../../core/ids.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { statusFault } from '../../resources/outgoing/status-fault.ts';
import { retry } from '../shared/retry.ts';

export interface WebhookDeps {
  /** Configured by the operator, so the policy is not asked; the guard against private addresses applies. */
  readonly uri: CanonicalUri;
  /** Shared with the receiver. With the prefix `whsec_`, the rest is base64. */
  readonly secret: Secret;
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  /** Before the second attempt. Default one second. */
  readonly backoffMs?: number;
}

interface WebhookDelivery {
  /** The same for each attempt, so that the receiver can detect duplicates. */
  readonly id: string;
  readonly status: number;
}

/** @throws Fault for the final status of the receiver, TIMEOUT after half a minute, RESOURCE_UNREACHABLE, FORBIDDEN */
export type SendWebhook = (type: string, data: JsonObject, signal: AbortSignal) => Promise<WebhookDelivery>;

const DELIVERY_TIMEOUT_MS = 30_000;
const IDLE_MS = 10_000;
const MAX_ATTEMPTS = 5;
const MAX_RESPONSE_BYTES = 64 * 1024;

/** POSTs events in the form of Standard Webhooks 1.0.0: id, time and HMAC-SHA256 of both and the body in headers. */
export function createWebhook({ uri, secret, outgoing, backoffMs = 1_000 }: WebhookDeps): SendWebhook {
  return async (type, data, callersSignal) => {
    const id = newId('msg');
    const signal = AbortSignal.any([callersSignal, AbortSignal.timeout(DELIVERY_TIMEOUT_MS)]);
    const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data });
    const fetch = outgoing.fetch(uri, { maxBytes: MAX_RESPONSE_BYTES, idleMs: IDLE_MS, signal });
    const post = async () => {
      const seconds = String(Math.floor(Date.now() / 1_000));
      const headers = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': seconds,
        'webhook-signature': standardSignature(secret.reveal(), id, seconds, body),
      };
      const { ok, status, headers: answered, body: unread } = await fetch(uri.href, { method: 'POST', headers, body });
      await unread?.cancel();
      if (!ok) throw statusFault(uri.host, status, answered.get('retry-after'));
      return status;
    };
    return { id, status: await retry(post, { signal, maxAttempts: MAX_ATTEMPTS, backoffMs }) };
  };
}
