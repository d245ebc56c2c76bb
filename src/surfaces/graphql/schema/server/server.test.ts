import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql({
    env: { PUBLIC_URL: 'https://signalbox.example/', MAX_RUNNING: '7', MAX_RUNNING_BY_KIND: 'agent=2' },
  });
});
afterAll(() => api.close());

describe('the server', () => {
  it('says to everybody how to sign in, and where', async () => {
    const { data } = await api.ask('{ server { signIn publicUrl } }', {}, '');
    expect(data.server).toEqual({ signIn: 'PASSWORD', publicUrl: 'https://signalbox.example' });
  });

  it('says how busy it is to those whom the policy permits it', async () => {
    const query = '{ server { signIn load { nodes queued slots { kind limit used } } } }';
    const { data } = await api.ask(query, {}, ADMIN);
    const [all, ...kinds] = data.server.load.slots;
    expect(data.server.load).toMatchObject({ nodes: 1, queued: 0 });
    expect(all).toMatchObject({ kind: null, used: 0 });
    expect(kinds.every(({ kind }: { kind: string | null }) => kind !== null)).toBe(true);
    const denied = await api.ask(query, {}, BOB);
    expect(denied.data.server).toEqual({ signIn: 'PASSWORD', load: null });
    expect(denied.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', decision: { action: 'query:server' } });
  });
});
