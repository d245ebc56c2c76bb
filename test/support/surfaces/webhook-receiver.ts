import { once } from 'node:events';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { WEBHOOK_SCHEMES } from '../../../src/auth/webhook-signature.ts';
import { startWebServer } from '../web-server.ts';

export interface Received {
  readonly path: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any member of the body
  readonly body: any;
}

/** A receiver of webhooks: keeps what it gets, and answers as the test says. */
export async function startWebhookReceiver() {
  const received: Received[] = [];
  /** The answer to the next requests; default 204. */
  let answer: (res: ServerResponse) => void = (res) => void res.writeHead(204).end();
  const server = await startWebServer(async (req, res) => {
    const text = (await buffer(req)).toString();
    const id = String(req.headers['webhook-id']);
    received.push({ path: req.url ?? '', id, headers: req.headers, text, body: JSON.parse(text) });
    answer(res);
  });
  return {
    ...server,
    received,
    at: (path: string) => received.filter((one) => one.path === path),
    answerWith: (next: typeof answer) => {
      answer = next;
    },
    /** Answers nothing until the connection breaks. */
    hang: () => {
      answer = (res) => void once(res, 'close').catch(() => {});
    },
  };
}

export type WebhookReceiver = Awaited<ReturnType<typeof startWebhookReceiver>>;

/** Whether a receiver that knows the secret would accept it. */
export function isVerified({ headers, text }: Received, secret: string, now = new Date()): boolean {
  return WEBHOOK_SCHEMES.standard({ headers, body: Buffer.from(text) }, [secret], now).valid;
}
