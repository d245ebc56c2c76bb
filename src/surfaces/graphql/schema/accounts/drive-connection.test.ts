import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, ALICE, BOB, startGraphql } from '../../../../../test/support/surfaces/graphql-server.ts';

const BEGIN =
  'mutation { beginDriveConnection { __typename ... on DriveAccess { connected url } ... on Refusal { code message } } }';
const FINISH = `mutation ($input: FinishDriveConnectionInput!) { finishDriveConnection(input: $input) {
  __typename ... on DriveAccess { connected url } ... on Refusal { code } } }`;
const DISCONNECT =
  'mutation { disconnectDrive { __typename ... on DriveAccess { connected } ... on Refusal { code } } }';

describe('a server that is a client of Google’s', () => {
  const asked: unknown[] = [];
  const connection = {
    begin: () => ({ url: 'https://accounts.example/consent?state=sealed' }),
    finish: async (who: { subject: string }, answer: object) => void asked.push([who.subject, answer]),
    disconnect: async () => true,
  };
  let on: Awaited<ReturnType<typeof startGraphql>>;
  beforeAll(async () => {
    const resolveDrive = () => Promise.reject(new Error('not asked for'));
    on = await startGraphql({ app: { drives: { resolveDrive, connection } } });
  });
  afterAll(() => on.close());

  it('sends the caller to Google, and stores what Google answered for that caller', async () => {
    const { data } = await on.ask(BEGIN, {}, ALICE);
    expect(data.beginDriveConnection).toMatchObject({
      connected: false,
      url: 'https://accounts.example/consent?state=sealed',
    });
    const input = { code: 'c', state: 'sealed' };
    expect((await on.ask(FINISH, { input }, ALICE)).data.finishDriveConnection).toMatchObject({
      connected: true,
      url: null,
    });
    expect(asked).toEqual([['usr_alice', input]]);
    expect((await on.ask(DISCONNECT, {}, ALICE)).data.disconnectDrive).toMatchObject({ connected: false });
  });

  it('does that for those whom the policy lets', async () => {
    for (const document of [BEGIN, DISCONNECT]) {
      const { data } = await on.ask(document, {}, BOB);
      expect(Object.values(data)).toMatchObject([{ __typename: 'Refusal', code: 'FORBIDDEN' }]);
    }
  });
});

describe('a server that knows no Google', () => {
  it('says so, and what to set', async () => {
    const on = await startGraphql();
    const { data } = await on.ask(BEGIN, {}, ADMIN);
    expect(data.beginDriveConnection).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('GOOGLE_CLIENT_ID'),
    });
    await on.close();
  });
});
