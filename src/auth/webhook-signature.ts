import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Clocks of sender and receiver may differ by this much, in seconds. Standard Webhooks recommends five minutes. */
const TIMESTAMP_TOLERANCE_S = 300;
/** A shorter secret could be found by trying. */
export const MIN_SECRET_CHARACTERS = 16;
const MAX_ID_CHARACTERS = 255;
/** Of one delivery: a sender that rotates its secret sends two. */
const MAX_SIGNATURES = 10;

/** A request that says that it is a delivery. Names of headers are in lower case. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

/** Why a request is not a delivery, or the id of the delivery; no id where the sender states none. */
type Verification = { readonly valid: true; readonly id?: string } | { readonly valid: false; readonly reason: string };

/** Verifies with any of the secrets. All comparisons take the same time, whichever byte differs. */
type Verify = (request: SignedRequest, secrets: readonly string[], now: Date) => Verification;

/** The bytes that sign: with the prefix `whsec_` the rest is base64, otherwise the text itself. */
function signingKey(secret: string | Uint8Array): string | Uint8Array {
  const encoded = /^whsec_(.+)$/.exec(typeof secret === 'string' ? secret : Buffer.from(secret).toString())?.[1];
  return encoded === undefined ? secret : Buffer.from(encoded, 'base64');
}

/** `v1,…` of Standard Webhooks 1.0.0: HMAC-SHA256 of id, time in seconds and body. */
export function standardSignature(
  secret: string | Uint8Array,
  id: string,
  seconds: string,
  body: string | Uint8Array,
): string {
  const hmac = createHmac('sha256', signingKey(secret)).update(`${id}.${seconds}.`).update(body);
  return `v1,${hmac.digest('base64')}`;
}

/** `X-Hub-Signature-256`, as GitHub signs a body. */
function githubSignature(secret: string, body: Uint8Array): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Each scheme by its name in documents. */
export const WEBHOOK_SCHEMES: Readonly<Record<'standard' | 'github' | 'token', Verify>> = {
  standard({ headers, body }, secrets, now) {
    const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures } = headers;
    const claimed = typeof signatures === 'string' ? signatures.split(' ', MAX_SIGNATURES) : [];
    const expected = secrets.map((secret) => standardSignature(secret, String(id), String(seconds), body));
    const isSigned = matchesAny(claimed, expected);
    if (!isDeliveryId(id)) return invalid('it has no webhook-id');
    if (typeof seconds !== 'string' || !/^\d{1,12}$/.test(seconds)) return invalid('it has no webhook-timestamp');
    if (!isSigned) return invalid('no signature fits a secret');
    const age = Math.abs(now.getTime() / 1_000 - Number(seconds));
    if (age > TIMESTAMP_TOLERANCE_S) return invalid(`its timestamp is ${Math.round(age)} s off`);
    return { valid: true, id };
  },
  github({ headers, body }, secrets) {
    const claimed = headers['x-hub-signature-256'];
    const expected = secrets.map((secret) => githubSignature(secret, body));
    if (!matchesAny([typeof claimed === 'string' ? claimed : ''], expected)) {
      return invalid('X-Hub-Signature-256 fits no secret');
    }
    // X-GitHub-Delivery is not signed: who has seen a delivery could send it again under another id.
    return { valid: true, id: createHash('sha256').update(body).digest('hex') };
  },
  token({ headers }, secrets) {
    const token = /^Bearer +(\S+)$/i.exec(String(headers.authorization ?? ''))?.[1] ?? '';
    if (!matchesAny([token], secrets)) return invalid('the bearer token fits no secret');
    const id = headers['webhook-id'] ?? headers['idempotency-key'];
    if (id === undefined) return { valid: true };
    return isDeliveryId(id) ? { valid: true, id } : invalid('its id is too long');
  },
};

function invalid(reason: string): Verification {
  return { valid: false, reason };
}

function isDeliveryId(id: string | readonly string[] | undefined): id is string {
  return typeof id === 'string' && id.length > 0 && id.length <= MAX_ID_CHARACTERS;
}

/** Compares digests, so that neither the length nor the place of a difference shows in the time. */
function matchesAny(claimed: readonly string[], expected: readonly string[]): boolean {
  const digests = expected.map(digestOf);
  let matches = false;
  for (const one of claimed) {
    const digest = digestOf(one);
    for (const other of digests) matches = timingSafeEqual(digest, other) || matches;
  }
  return matches;
}

function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
