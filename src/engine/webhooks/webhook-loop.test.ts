import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN, BOB } from '../../../test/support/engine/engine.ts';
import { pathOf, startWebhooks } from '../../../test/support/engine/webhooks.ts';
import { isVerified } from '../../../test/support/surfaces/webhook-receiver.ts';
import { until } from '../../../test/support/until.ts';
import type { SignedIn } from '../../core/principal.ts';

const DAY_MS = 86_400_000;

let webhooks: Awaited<ReturnType<typeof startWebhooks>>;
beforeAll(async () => {
  webhooks = await startWebhooks();
});
afterAll(() => webhooks.stop());
beforeEach(() => webhooks.reset());

const run = async (name: string, who: SignedIn = ADMIN) => {
  const step = { id: 'a', kind: 'transform', input: { data: 1, expression: '$' } };
  const { run } = await webhooks.engine.startWorkflow(who, {
    source: { document: { name, steps: [step] } },
    waitMs: 30_000,
  });
  return run.id;
};

describe('a webhook', () => {
  it('gets the ends of runs from its creation on, signed, once each', async () => {
    await run('before');
    await webhooks.withWebhook({}, async (loop, webhook, secret) => {
      const ids = [await run('first'), await run('second')];
      await loop.work();
      const got = webhooks.receiver.at(pathOf(webhook));
      expect(got.map(({ body }) => body.data.run.id)).toEqual(ids);
      expect(got[0]?.body).toMatchObject({
        type: 'run.ended',
        timestamp: expect.stringMatching(/^\d{4}-/),
        data: { run: { workflow: 'first', kind: 'WORKFLOW', state: 'SUCCEEDED', started_by: 'admin' } },
      });
      for (const one of got) expect(isVerified(one, secret)).toBe(true);
      expect(got.some((one) => isVerified(one, 'whsec_AAAA'))).toBe(false);
      await loop.work();
      expect(webhooks.receiver.at(pathOf(webhook))).toHaveLength(2);
      expect(await loop.deliveriesOf(webhook)).toMatchObject([
        { state: 'DELIVERED', attempts: 1, lastStatus: 204, runId: ids[1] },
        { state: 'DELIVERED', attempts: 1, lastStatus: 204, runId: ids[0] },
      ]);
    });
  });

  it('of a workflow gets only its runs', async () => {
    await webhooks.withWebhook({ workflow: 'wanted' }, async (loop, webhook) => {
      await run('unwanted');
      const id = await run('wanted');
      await loop.work();
      expect(webhooks.receiver.at(pathOf(webhook)).map(({ body }) => body.data.run.id)).toEqual([id]);
    });
  });

  it('gets approvals with what is asked, and what was decided', async () => {
    await webhooks.withWebhook({ events: ['approval.requested', 'approval.decided'] }, async (loop, webhook) => {
      const step = { id: 'agree', kind: 'approval', input: { reason: 'Publish?' } };
      const started = await webhooks.engine.startWorkflow(ADMIN, {
        source: { document: { name: 'asks', steps: [step] } },
      });
      const approval = await until('it asks', async () => {
        const { edges } = await webhooks.on.store.reader.approvals({ tenant: 'default' }, 'OPEN', { first: 1 });
        return edges[0]?.node;
      });
      await loop.work();
      await webhooks.engine.decideApproval(ADMIN, approval.id, { approve: false, comment: 'Later.' });
      await loop.work();
      const common = { id: approval.id, step: 'agree', reason: 'Publish?' };
      expect(webhooks.receiver.at(pathOf(webhook)).map(({ body }) => body)).toMatchObject([
        { type: 'approval.requested', data: { run: { id: started.run.id }, approval: { ...common, state: 'OPEN' } } },
        {
          type: 'approval.decided',
          data: { approval: { ...common, state: 'REJECTED', decided_by: 'admin', comment: 'Later.' } },
        },
      ]);
    });
  });

  it('gets nothing of runs that its owner may not see, nor may no longer see', async () => {
    const analyst: SignedIn = { ...BOB, subject: 'ann', username: 'ann', roles: ['analyst'] };
    await webhooks.withWebhook(
      {},
      async (loop, webhook) => {
        await run('of-admin');
        const own = await run('of-ann', analyst);
        webhooks.receiver.answerWith((res) => void res.writeHead(500).end());
        await loop.work();
        expect((await loop.deliveriesOf(webhook)).map(({ runId }) => runId)).toEqual([own]);
        const account = { ...analyst, passwordHash: '' };
        await webhooks.on.store.accounts.put({ ...account, roles: ['analyst'] });
        await webhooks.on.store.accounts.put({ ...account, roles: [] });
        webhooks.advance(60_000);
        await loop.work();
        expect(webhooks.receiver.at(pathOf(webhook))).toHaveLength(1);
        expect(await loop.deliveriesOf(webhook)).toMatchObject([
          { state: 'FAILED', attempts: 2, lastError: 'Its owner may no longer see the run.' },
        ]);
      },
      analyst,
    );
  });

  it('is tried again when the receiver fails, with the same id and body', async () => {
    await webhooks.withWebhook({}, async (loop, webhook, secret) => {
      const answers = [503, 302, 204];
      webhooks.receiver.answerWith(
        (res) => void res.writeHead(answers.shift() ?? 204, { location: webhooks.receiver.url }).end(),
      );
      await run('retried');
      await loop.work();
      expect(await loop.find(webhook)).toMatchObject({ failingSince: new Date(webhooks.now()) });
      expect(await loop.deliveriesOf(webhook)).toMatchObject([
        { state: 'PENDING', attempts: 1, lastStatus: 503, lastError: 'The receiver answered 503.' },
      ]);
      webhooks.advance(6_000);
      await loop.work();
      webhooks.advance(34_000);
      await loop.work();
      const got = webhooks.receiver.at(pathOf(webhook));
      expect(got).toHaveLength(3);
      expect(new Set(got.map(({ id, text }) => `${id} ${text}`)).size).toBe(1);
      expect(got.map((one) => isVerified(one, secret, new Date(webhooks.now())))).toEqual([true, true, true]);
      expect(new Set(got.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
      expect(await loop.deliveriesOf(webhook)).toMatchObject([{ state: 'DELIVERED', attempts: 3, lastStatus: 204 }]);
      expect(await loop.find(webhook)).not.toHaveProperty('failingSince');
    });
  });

  it('is disabled after five days without a success, and not before', async () => {
    await webhooks.withWebhook({}, async (loop, webhook) => {
      webhooks.receiver.answerWith((res) => void res.writeHead(500).end());
      for (let day = 0; day <= 5; day += 1) {
        expect((await loop.find(webhook)).disabledAt).toBeUndefined();
        await run(`day-${day}`);
        await loop.work();
        webhooks.advance(DAY_MS);
      }
      expect(await loop.find(webhook)).toMatchObject({ disabledReason: 'FAILING', disabledAt: expect.any(Date) });
      const attempts = webhooks.receiver.at(pathOf(webhook)).length;
      await run('while-disabled');
      await loop.work();
      expect(webhooks.receiver.at(pathOf(webhook))).toHaveLength(attempts);
      const [last] = await loop.deliveriesOf(webhook);
      await expect(loop.requests.redeliver(ADMIN, last?.id ?? '')).rejects.toMatchObject({ code: 'CONFLICT' });

      webhooks.receiver.answerWith((res) => void res.writeHead(204).end());
      await loop.requests.enable(ADMIN, webhook.id);
      await loop.work();
      const states = (await loop.deliveriesOf(webhook)).map(({ state }) => state);
      expect(states.filter((state) => state === 'PENDING')).toEqual([]);
      expect(states[0]).toBe('DELIVERED');
    });
  });

  it('is disabled by the answer 410', async () => {
    await webhooks.withWebhook({}, async (loop, webhook) => {
      webhooks.receiver.answerWith((res) => void res.writeHead(410).end());
      await run('gone');
      await loop.work();
      expect(await loop.find(webhook)).toMatchObject({ disabledReason: 'GONE' });
      expect(await loop.deliveriesOf(webhook)).toMatchObject([{ state: 'FAILED', lastStatus: 410 }]);
    });
  });

  it('sends a delivery again on request', async () => {
    await webhooks.withWebhook({}, async (loop, webhook) => {
      await run('again');
      await loop.work();
      const [delivery] = await loop.deliveriesOf(webhook);
      await expect(loop.requests.redeliver(BOB, delivery?.id ?? '')).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await loop.requests.redeliver(ADMIN, delivery?.id ?? '');
      await loop.work();
      const got = webhooks.receiver.at(pathOf(webhook));
      expect(got.map(({ id }) => id)).toEqual([delivery?.id, delivery?.id]);
    });
  });

  it('does not reach a private address that the server does not allow', async () => {
    await webhooks.withWebhook(
      {},
      async (loop, webhook) => {
        await run('private');
        await loop.work();
        expect(webhooks.receiver.at(pathOf(webhook))).toEqual([]);
        expect(await loop.deliveriesOf(webhook)).toMatchObject([
          {
            state: 'PENDING',
            attempts: 1,
            lastError: expect.stringMatching(/private|not allowed|ALLOWED_PRIVATE_HOSTS/),
          },
        ]);
      },
      ADMIN,
      [],
    );
  });

  it('that hangs does not hold up another one', async () => {
    await webhooks.withWebhook({}, async (_, hanging) => {
      webhooks.receiver.hang();
      for (let i = 0; i < 6; i += 1) await run('both');
      await webhooks.withWebhook({}, async (loop, webhook) => {
        await run('both');
        await until('the hanging one has all that it may have at once', async () => {
          await loop.tick();
          return webhooks.receiver.at(pathOf(hanging)).length >= 4;
        });
        webhooks.receiver.answerWith((res) => void res.writeHead(204).end());
        await until('the other one gets its delivery', async () => {
          await loop.tick();
          return webhooks.receiver.at(pathOf(webhook)).length === 1;
        });
      });
    });
  });
});
