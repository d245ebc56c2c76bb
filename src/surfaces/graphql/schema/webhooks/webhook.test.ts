import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

const CREATE = `mutation ($input: CreateWebhookInput!) {
  createWebhook(input: $input) { ... on CreatedWebhook { secret webhook { id } } ... on Refusal { code message } }
}`;
const input = { url: 'https://example.org/hook', events: ['RUN_ENDED', 'RUN_ENDED'], workflow: 'nightly' };
const create = async (token: string, more: object = {}) =>
  (await api.ask(CREATE, { input: { ...input, ...more } }, token)).data.createWebhook;
const change = async (mutation: string, id: string, token: string) => {
  const text = `mutation ($id: ID!) { ${mutation}(id: $id) { ... on Webhook { id disabledAt } ... on Refusal { code } } }`;
  return (await api.ask(text, { id }, token)).data[mutation];
};

describe('webhooks', () => {
  it('are created with a secret that is shown once, and listed to their owner', async () => {
    const { secret, webhook } = await create(ALICE);
    expect(secret).toMatch(/^whsec_/);
    const list = `{ webhooks { nodes { id url events workflow owner { username } failingSince disabledAt disabledReason
      deliveries(state: FAILED) { totalCount } } totalCount } }`;
    const { data } = await api.ask(list, {}, ALICE);
    expect(data.webhooks).toEqual({
      nodes: [
        {
          ...{ id: webhook.id, url: input.url, events: ['RUN_ENDED'], workflow: 'nightly' },
          ...{ owner: { username: 'alice' }, failingSince: null, disabledAt: null, disabledReason: null },
          deliveries: { totalCount: 0 },
        },
      ],
      totalCount: 1,
    });
    expect(JSON.stringify(data)).not.toContain(secret.slice(6));
    expect((await api.ask('{ webhooks { totalCount } }', {}, ADMIN)).data.webhooks.totalCount).toBe(1);
    const found = async (token: string) =>
      api.ask('query ($id: ID!) { node(id: $id) { __typename id } }', { id: webhook.id }, token);
    expect((await found(ALICE)).data.node).toEqual({ __typename: 'Webhook', id: webhook.id });
    expect((await found(BOB)).errors[0].extensions.code).toBe('FORBIDDEN');
    expect(await change('enableWebhook', webhook.id, ALICE)).toEqual({ id: webhook.id, disabledAt: null });
    expect(await change('deleteWebhook', webhook.id, ALICE)).toMatchObject({ id: webhook.id });
    expect(await change('deleteWebhook', webhook.id, ALICE)).toEqual({ code: 'NOT_FOUND' });
  });

  it('are refused to those whom the policy does not permit them', async () => {
    expect(await create(BOB)).toMatchObject({ code: 'FORBIDDEN' });
    expect((await api.ask('{ webhooks { totalCount } }', {}, BOB)).errors[0].extensions.code).toBe('FORBIDDEN');
    expect(await create(ALICE, { url: 'data:text/plain,x' })).toMatchObject({ code: 'UNSUPPORTED_SCHEME' });
    expect(await create(ALICE, { url: 'not a url' })).toMatchObject({ code: 'BAD_INPUT' });
    const redeliver =
      'mutation { redeliverWebhook(deliveryId: "msg_1") { ... on WebhookDelivery { id } ... on Refusal { code } } }';
    expect((await api.ask(redeliver, {}, ALICE)).data.redeliverWebhook).toEqual({ code: 'NOT_FOUND' });
    expect((await api.ask(redeliver, {}, BOB)).data.redeliverWebhook).toEqual({ code: 'FORBIDDEN' });
  });
});
