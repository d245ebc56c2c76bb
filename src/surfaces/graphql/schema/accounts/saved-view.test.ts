import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

const SAVE = `mutation ($input: SaveViewInput!) { saveView(input: $input) {
  ... on SavedView { id name state shared savedBy { username } } ... on Refusal { code message } } }`;
const DELETE = `mutation ($id: ID!) { deleteView(id: $id) { ... on SavedView { id } ... on Refusal { code } } }`;

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql({ env: { SECRET_TOKEN: 'a value', SECRET_OTHER: 'another value' } });
});
afterAll(() => api.close());

const save = async (caller: string, name: string, more: object = {}) =>
  (await api.ask(SAVE, { input: { name, state: '/runs', ...more } }, caller)).data.saveView;
const remove = async (caller: string, id: string) => (await api.ask(DELETE, { id }, caller)).data.deleteView;
const namesFor = async (caller: string) =>
  (await api.ask('{ savedViews { name } }', {}, caller)).data.savedViews.map(({ name }: { name: string }) => name);

describe('saved views', () => {
  it('are saved, replaced, listed and deleted by their owner', async () => {
    const view = await save(BOB, 'mine', { state: '?state=FAILED&q=Größe' });
    expect(view).toMatchObject({ name: 'mine', state: '?state=FAILED&q=Größe', shared: false });
    expect((await save(BOB, 'mine', { state: '/approvals' })).id).toBe(view.id);
    expect([await namesFor(BOB), await namesFor(ADMIN)]).toEqual([['mine'], []]);
    expect(await remove(ADMIN, view.id)).toEqual({ code: 'NOT_FOUND' });
    expect(await remove(BOB, view.id)).toEqual({ id: view.id });
    expect(await namesFor(BOB)).toEqual([]);
  });

  it('are shared by those whom the policy permits it, and replaced by who shared them', async () => {
    expect(await save(BOB, 'team', { shared: true })).toMatchObject({ code: 'FORBIDDEN' });
    const { id } = await save(ADMIN, 'team', { shared: true });
    expect([await namesFor(ALICE), await namesFor(BOB)]).toEqual([['team'], ['team']]);
    expect(await save(ALICE, 'team', { shared: true, state: '/stolen' })).toMatchObject({ code: 'FORBIDDEN' });
    expect(await remove(ALICE, id)).toEqual({ code: 'FORBIDDEN' });
    const alices = await save(ALICE, 'from alice', { shared: true });
    expect(await save(ADMIN, 'from alice', { shared: true })).toMatchObject({ savedBy: { username: 'admin' } });
    expect(await remove(ADMIN, alices.id)).toEqual({ id: alices.id });
  });

  it.each([
    ['a script', 'javascript:alert(1)'],
    ['another site', 'https://evil.example/'],
    ['another site without its scheme', '//evil.example/'],
    ['another site with a backslash', '/\\evil.example'],
    ['a space', '/runs?q=a b'],
    ['a line break', '/runs\n'],
    ['more than 4000 characters', `/${'x'.repeat(4000)}`],
    ['nothing', ''],
  ])('are refused when they are the address of %s', async (_, state) => {
    expect(await save(BOB, 'evil', { state })).toMatchObject({ code: 'BAD_INPUT' });
  });

  it('are refused without a name', async () => {
    for (const name of ['', ' x', 'x'.repeat(101), 'a\u0000'])
      expect(await save(BOB, name)).toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('the names of secrets', () => {
  const namesOf = async (caller: string) => (await api.ask('{ secretNames }', {}, caller)).data.secretNames;

  it('are shown to those who may use them', async () => {
    expect([await namesOf(ADMIN), await namesOf(ALICE), await namesOf(BOB)]).toEqual([['OTHER', 'TOKEN'], [], []]);
  });
});
