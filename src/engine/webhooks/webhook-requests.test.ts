import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, BOB } from '../../../test/support/engine/engine.ts';
import { startWebhooks } from '../../../test/support/engine/webhooks.ts';
import type { SignedIn } from '../../core/principal.ts';

let webhooks: Awaited<ReturnType<typeof startWebhooks>>;
beforeAll(async () => {
  webhooks = await startWebhooks();
});
afterAll(() => webhooks.stop());

describe('who may have webhooks', () => {
  it.each([
    ['no events', ADMIN, { url: 'https://example.org/', events: [] }, 'BAD_INPUT'],
    ['a file', ADMIN, { url: 'file:///data/x', events: ['run.ended'] }, 'UNSUPPORTED_SCHEME'],
    ['a long URL', ADMIN, { url: `https://example.org/${'x'.repeat(2_048)}`, events: ['run.ended'] }, 'BAD_INPUT'],
    ['no permission', BOB, { url: 'https://example.org/', events: ['run.ended'] }, 'FORBIDDEN'],
  ] as const)('is refused with %s', async (_, who, webhook, code) => {
    const loop = webhooks.openLoop();
    await expect(loop.requests.create(who, webhook)).rejects.toMatchObject({ code });
    await loop.close();
  });

  it('sees and changes only their own, unless they see all runs of the tenant', async () => {
    const analyst: SignedIn = { ...BOB, subject: 'eva', username: 'eva', roles: ['analyst'] };
    await webhooks.withWebhook({}, async ({ requests }, webhook) => {
      expect((await requests.list(analyst, {})).edges).toEqual([]);
      expect(await requests.find(analyst, webhook.id)).toBeUndefined();
      expect(await requests.find(ADMIN, webhook.id)).toMatchObject({ id: webhook.id });
      for (const change of [requests.remove, requests.enable]) {
        await expect(change(analyst, webhook.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      }
      const { webhook: own } = await requests.create(analyst, { url: 'https://example.org/', events: ['run.ended'] });
      expect((await requests.list(analyst, {})).edges.map(({ node }) => node.id)).toEqual([own.id]);
      expect((await requests.list(ADMIN, {})).edges.map(({ node }) => node.id)).toEqual([own.id, webhook.id]);
      await requests.remove(ADMIN, own.id);
    });
  });

  it('the secret is stored sealed', async () => {
    await webhooks.withWebhook({}, async (_, webhook, secret) => {
      expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
      expect(Buffer.from(webhook.secret).includes(Buffer.from(secret.slice(6)))).toBe(false);
    });
  });
});
