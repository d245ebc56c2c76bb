import type { Sealer } from '../../auth/sealer.ts';
import { standardSignature } from '../../auth/webhook-signature.ts';
import type { AccountStandings } from '../../core/accounts/accounts.ts';
import { Fault } from '../../core/errors.ts';
import type { Policy } from '../../core/policy.ts';
import type { Resources } from '../../core/resource.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { DeliveryOutcome, WebhookDeliveryRecord, WebhookRecord } from '../../core/workflows/webhooks.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import type { Gate } from '../gate/gate.ts';
import { ownerToday, scopeToday } from './owner-today.ts';

export interface AttemptDeps {
  readonly reader: Pick<StoreReader, 'run'>;
  readonly standings: Pick<AccountStandings, 'standingOf'>;
  readonly policy: Policy;
  readonly gate: Pick<Gate, 'preview'>;
  readonly resources: Pick<Resources, 'canonicalize'>;
  readonly outgoing: Pick<Outgoing, 'request'>;
  readonly sealer: Sealer;
}

/** How one attempt ended. `GONE`: the receiver wants no more. `INVISIBLE`: the owner may no longer see the run. */
export type AttemptResult =
  | { readonly type: 'DELIVERED'; readonly status: number }
  | { readonly type: 'GONE'; readonly status: number }
  | { readonly type: 'REFUSED'; readonly status?: number; readonly error: string; readonly retryAfterMs?: number }
  | { readonly type: 'INVISIBLE' }
  | { readonly type: 'ACCOUNT' };

const ATTEMPT_TIMEOUT_MS = 15_000;
const MAX_RETRY_AFTER_MS = 3_600_000;
const MAX_ERROR_CHARACTERS = 500;
/** The receiver has removed the URL for good. */
const GONE = 410;

/** What the secret of a webhook is sealed for. */
export const sealPurpose = ({ tenant, id }: Pick<WebhookRecord, 'tenant' | 'id'>) => ['webhook', tenant, id];

/** Sends a delivery once, if the owner may see its run and the policy lets them send to the URL today. */
export async function attemptDelivery(
  deps: AttemptDeps,
  webhook: WebhookRecord,
  { id, runId, body }: WebhookDeliveryRecord,
  now: Date,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const owner = ownerToday(deps, webhook.principal);
  if (!owner) return { type: 'ACCOUNT' };
  const scope = scopeToday(deps, webhook.principal);
  if (!scope || !(await deps.reader.run(scope, runId))) return { type: 'INVISIBLE' };
  try {
    const uri = deps.resources.canonicalize(webhook.url);
    const decisions = deps.gate.preview(owner, { action: 'mutation:createWebhook', uri });
    const denied = decisions.find(({ effect }) => effect === 'DENY' || effect === 'APPROVE');
    if (denied) return { type: 'REFUSED', error: denied.reason.slice(0, MAX_ERROR_CHARACTERS) };
    const secret = deps.sealer.open(sealPurpose(webhook), webhook.secret);
    if (!secret)
      return { type: 'REFUSED', error: 'CREDENTIALS_KEY has changed. Delete the webhook and create it again.' };
    const seconds = String(Math.floor(now.getTime() / 1_000));
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': standardSignature(secret, id, seconds, body),
    };
    const request = { method: 'POST' as const, headers, body: Buffer.from(body), signal, owner };
    const answer = await deps.outgoing.request(uri, { ...request, timeoutMs: ATTEMPT_TIMEOUT_MS });
    // What it says is not read: it may be anything.
    answer.body.on('error', () => {}).destroy();
    const { status } = answer;
    if (status >= 200 && status < 300) return { type: 'DELIVERED', status };
    if (status === GONE) return { type: 'GONE', status };
    const retryAfterMs = retryAfter(answer.headers['retry-after']);
    return { type: 'REFUSED', status, error: `The receiver answered ${status}.`, ...retryAfterMs };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { type: 'REFUSED', error: error.message.slice(0, MAX_ERROR_CHARACTERS) };
  }
}

/** Of the form in seconds; dates are ignored. */
function retryAfter(header: string | readonly string[] | undefined): { readonly retryAfterMs?: number } {
  if (typeof header !== 'string' || !/^\d{1,6}$/.test(header)) return {};
  return { retryAfterMs: Math.min(Number(header) * 1_000, MAX_RETRY_AFTER_MS) };
}

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
/** After each attempt that failed; together a day. After the last one the delivery has failed. */
const RETRY_DELAYS_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  1 * HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  8 * HOUR,
];

/** What becomes of a delivery after an attempt. @param random from 0 to 1: adds up to a tenth of the delay */
export function outcomeOf(result: AttemptResult, attempts: number, now: Date, random: number): DeliveryOutcome {
  switch (result.type) {
    case 'DELIVERED':
      return { state: 'DELIVERED', lastStatus: result.status };
    case 'GONE':
      return { state: 'FAILED', lastStatus: result.status, lastError: 'The receiver wants no more.' };
    case 'ACCOUNT':
      return { state: 'FAILED', lastError: 'The account of its owner was removed or disabled.' };
    case 'INVISIBLE':
      return { state: 'FAILED', lastError: 'Its owner may no longer see the run.' };
    case 'REFUSED':
      return afterRefusal(result, attempts, now, random);
  }
}

function afterRefusal(
  result: AttemptResult & { readonly type: 'REFUSED' },
  attempts: number,
  now: Date,
  random: number,
): DeliveryOutcome {
  const last = { lastError: result.error, ...(result.status !== undefined && { lastStatus: result.status }) };
  const delayMs = RETRY_DELAYS_MS[attempts - 1];
  if (delayMs === undefined) return { state: 'FAILED', ...last };
  const waitMs = Math.max(delayMs * (1 + random / 10), result.retryAfterMs ?? 0);
  return { state: 'PENDING', nextAt: new Date(now.getTime() + Math.round(waitMs)), ...last };
}
