import { createHmac } from 'node:crypto';
import { standardSignature } from '../../../src/auth/webhook-signature.ts';
import type { Server } from '../server.ts';

/** A delivery, as a sender would send it. */
interface Delivery {
  readonly body?: unknown;
  readonly id?: string;
  readonly secret: string;
  /** Default: now, in seconds. */
  readonly seconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers that sign a body as Standard Webhooks has it. */
export function standardHeaders(
  text: string | Uint8Array,
  { id = 'msg_1', secret, seconds = now() }: Omit<Delivery, 'body'>,
) {
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': standardSignature(secret, id, String(seconds), text),
  };
}

/** The header that signs a body as GitHub does. */
export function githubHeaders(text: string, secret: string) {
  return { 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}` };
}

/** Sends a delivery that is signed as Standard Webhooks has it. */
export async function deliver(server: Server, path: string, delivery: Delivery) {
  const text = JSON.stringify(delivery.body ?? {});
  return post(server, path, text, { ...standardHeaders(text, delivery), ...delivery.headers });
}

/** @returns the status, the id of the run, and the code of the error */
export async function post(server: Server, path: string, body: string, headers: Readonly<Record<string, string>>) {
  const response = await server.fetch(path, { method: 'POST', body, headers });
  const answer = (await response.json()) as {
    readonly runId?: string;
    readonly error?: { readonly code: string; readonly message: string; readonly violations?: readonly object[] };
  };
  return { status: response.status, ...answer };
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}
