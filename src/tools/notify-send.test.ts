import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestToolContext, type TestToolContext } from '../../test/support/tools/tool-context.ts';
import { createSecret } from '../config/secrets.ts';
import { canonicalUri } from '../resources/canonical-uri.ts';
import { createOutgoing, type Outgoing } from '../resources/outgoing/outgoing.ts';
import { createWebhook } from './notify/webhook.ts';
import { notifySend } from './notify-send.ts';

const KEY = Buffer.from('a key that both sides know, 32 B.');

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let host: string;
let received: Received[];
/** Statuses of the receiver's next responses; then 204. */
let answers: ((response: ServerResponse) => void)[];
let outgoing: Outgoing;
let test: TestToolContext;
let stop: AbortController;

beforeEach(async () => {
  received = [];
  answers = [];
  stop = new AbortController();
  server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) });
    (answers.shift() ?? status(204))(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  outgoing = createOutgoing({ version: '0.0.0-test', allowedPrivateHosts: [host], headerTimeoutMs: 5_000 });
  test = await createTestToolContext({ signal: stop.signal, step: 'tell' });
});

afterEach(async () => {
  await outgoing.close();
  await test.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end();

function webhook(secret: string | Uint8Array = KEY) {
  const bytes = typeof secret === 'string' ? Buffer.from(secret) : secret;
  const uri = canonicalUri(`http://${host}/hooks/signalbox`);
  return createWebhook({ uri, secret: createSecret(bytes), outgoing, backoffMs: 20 });
}

/** Verifies a signature like a receiver: Standard Webhooks 1.0.0, "Verifying webhook authenticity". */
function isGenuine({ headers, body }: Received, key: Uint8Array = KEY): boolean {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const [version, signature = ''] = String(headers['webhook-signature']).split(',');
  const own = createHmac('sha256', key).update(signed).digest();
  const theirs = Buffer.from(signature, 'base64');
  const age = Math.abs(Date.now() / 1_000 - Number(headers['webhook-timestamp']));
  return version === 'v1' && age < 300 && own.length === theirs.length && timingSafeEqual(own, theirs);
}

describe('notify.send', () => {
  it('notifies the watchers of the run', async () => {
    const sent = await notifySend().run({ message: 'It is done.', title: 'Build' }, test.context);
    expect(sent).toEqual({ delivered: 'event', id: expect.stringMatching(/^msg_[0-9a-f]{32}$/) });
    expect(test.notified).toEqual([{ level: 'INFO', message: 'Build: It is done.' }]);
  });

  it('also notifies the webhook, which can verify the signature', async () => {
    const input = { message: 'It broke.', level: 'error', title: 'Build', data: { tries: 3 } } as const;
    const sent = await notifySend(webhook()).run(input, test.context);
    expect(test.notified).toEqual([{ level: 'ERROR', message: 'Build: It broke.' }]);
    const [only] = received as [Received];
    expect(sent).toEqual({ delivered: 'webhook', id: only.headers['webhook-id'], status: 204 });
    expect(isGenuine(only)).toBe(true);
    expect(isGenuine({ ...only, body: `${only.body} ` })).toBe(false);
    expect(only.headers['content-type']).toBe('application/json');
    expect(JSON.parse(only.body)).toEqual({
      type: 'notification',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      data: { run_id: test.context.runId, step: 'tell', ...input },
    });
  });

  it('accepts a key in the form of Standard Webhooks', async () => {
    await notifySend(webhook(`whsec_${KEY.toString('base64')}`)).run({ message: 'x' }, test.context);
    expect(received.map((each) => isGenuine(each))).toEqual([true]);
  });

  it('retries with the same id when the receiver is failing or busy', async () => {
    answers = [status(500), status(429, { 'retry-after': '0' }), (response) => void response.destroy()];
    const { id } = await notifySend(webhook()).run({ message: 'x' }, test.context);
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual([id, id, id, id]);
    expect(received.every((each) => isGenuine(each))).toBe(true);
    expect(test.notified).toHaveLength(1);
  });

  it('gives up after five attempts, and at once after a permanent failure', async () => {
    answers = Array.from({ length: 9 }, () => status(503));
    const tool = notifySend(webhook());
    await expect(tool.run({ message: 'x' }, test.context)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(received).toHaveLength(5);
    answers = [status(401)];
    await expect(tool.run({ message: 'x' }, test.context)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(received).toHaveLength(6);
  });

  it('ends with the step, even during a wait', async () => {
    answers = [status(503, { 'retry-after': '20' })];
    const sending = notifySend(webhook()).run({ message: 'x' }, test.context);
    await expect.poll(() => received.length).toBe(1);
    stop.abort();
    await expect(sending).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(received).toHaveLength(1);
  });

  it('rejects an address that is not public unless it is allowed', async () => {
    const guarded = createOutgoing({ version: '0.0.0-test', allowedPrivateHosts: [], headerTimeoutMs: 5_000 });
    const uri = canonicalUri(`http://${host}/`);
    const send = createWebhook({ uri, secret: createSecret(KEY), outgoing: guarded });
    await expect(send('notification', {}, stop.signal)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(received).toEqual([]);
    await guarded.close();
  });
});
