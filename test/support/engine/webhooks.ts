import { createSealer } from '../../../src/auth/sealer.ts';
import { createSecret } from '../../../src/config/secrets.ts';
import type { SignedIn } from '../../../src/core/principal.ts';
import type { WebhookRecord } from '../../../src/core/workflows/webhooks.ts';
import { createWebhookLoop } from '../../../src/engine/webhooks/webhook-loop.ts';
import { createWebhookRequests, type NewWebhook } from '../../../src/engine/webhooks/webhook-requests.ts';
import { createOutgoing } from '../../../src/resources/outgoing/outgoing.ts';
import { startWebhookReceiver } from '../surfaces/webhook-receiver.ts';
import { until } from '../until.ts';
import { ADMIN, startEngine } from './engine.ts';

const CLAIM_MS = 60_000;

/** An engine, a receiver, and webhooks with a clock that the test moves. */
export async function startWebhooks() {
  const on = await startEngine();
  const receiver = await startWebhookReceiver();
  const engine = on.engine();
  await engine.begin();
  let now = Date.now();

  /** The loop of one node. */
  const openLoop = (hosts = [receiver.host]) => {
    const clock = { now: () => new Date(now) };
    const outgoing = createOutgoing({ version: '0', allowedPrivateHosts: hosts, headerTimeoutMs: 60_000 });
    const { webhooks, webhookDeliveries: deliveries, webhookSource: source } = on.store;
    const { gate, policy, resources, reader, standings, logger, metrics } = on.deps({ clock });
    const sealer = createSealer(createSecret(Buffer.alloc(32, 7)));
    const shared = { webhooks, deliveries, gate, policy, resources, sealer, clock };
    const loop = createWebhookLoop({
      ...shared,
      source,
      reader,
      standings,
      logger,
      metrics,
      outgoing,
      head: () => on.store.journal.head(),
    });
    const requests = createWebhookRequests({ ...shared, wakeSender: loop.wake });
    const find = async ({ id, tenant }: WebhookRecord) => (await webhooks.find({ tenant }, id)) as WebhookRecord;
    const deliveriesOf = async (webhook: WebhookRecord) =>
      (await requests.deliveriesOf(webhook, undefined, {})).edges.map(({ node }) => node);
    return {
      requests,
      tick: loop.tick,
      find,
      deliveriesOf,
      /** Does what is due until nothing is, and waits for the end of each attempt. */
      async work() {
        while (await loop.tick()) await new Promise((resolve) => setTimeout(resolve, 5));
        await until('every attempt has ended', async () => {
          await loop.tick();
          const all = (await webhooks.list({ tenant: 'default' }, {})).edges;
          const waiting = await Promise.all(all.map(({ node }) => deliveriesOf(node)));
          const at = waiting.flat().map(({ nextAt }) => nextAt?.getTime() ?? Infinity);
          // What is being sent is claimed for a minute.
          return at.every((ms) => ms > now && ms !== now + CLAIM_MS);
        });
      },
      async close() {
        await loop.stop();
        await outgoing.close();
      },
    };
  };

  return {
    on,
    engine,
    receiver,
    openLoop,
    now: () => now,
    advance: (ms: number) => {
      now += ms;
    },
    /** The present, and a receiver that accepts. */
    reset() {
      now = Date.now();
      receiver.answerWith((res) => void res.writeHead(204).end());
    },
    /** With a webhook that exists only for so long. */
    async withWebhook(
      webhook: Partial<NewWebhook>,
      work: (loop: ReturnType<typeof openLoop>, webhook: WebhookRecord, secret: string) => Promise<void>,
      owner: SignedIn = ADMIN,
      hosts?: string[],
    ) {
      const loop = openLoop(hosts);
      const path = `/${Math.random().toString(36).slice(2)}`;
      const url = `${receiver.url}${path}`;
      const created = await loop.requests.create(owner, { url, events: ['run.ended'], ...webhook });
      try {
        await work(loop, created.webhook, created.secret);
      } finally {
        await loop.requests.remove(ADMIN, created.webhook.id);
        await loop.close();
      }
    },
    async stop() {
      await engine.stop(0);
      await receiver.close();
      await on.stop();
    },
  };
}

/** Where the receiver gets it. */
export const pathOf = ({ url }: WebhookRecord) => new URL(url).pathname;
