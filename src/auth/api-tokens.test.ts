import { describe, expect, it } from 'vitest';
import {
  account,
  memoryAccounts,
  NOW,
  startAuthenticator,
  unauthenticated,
} from '../../test/support/auth/authenticator.ts';
import type { Fault } from '../core/errors.ts';
import type { SignedIn } from '../core/principal.ts';
import { createApiTokens } from './api-tokens.ts';
import { createTokenText } from './token-text.ts';

const ADA = { tenant: 'north', subject: 'subject-of-ada' };
const DAY = 86_400;

/** Ada has signed in, and has the roles analyst and user. */
function start({ maxDays = 365 } = {}) {
  const ada = { ...account('ada', 'lovelace'), roles: ['analyst', 'user'] };
  const started = startAuthenticator({ devAccounts: false }, memoryAccounts(ada));
  const { authenticator, standings } = started;
  const tokens = createApiTokens({ ...started, maxDays });
  const owner: SignedIn = { kind: 'user', ...ADA, username: 'ada', roles: ada.roles, issuedAt: new Date(NOW * 1000) };
  const create = (request: Partial<Parameters<typeof tokens.create>[1]> = {}, by: SignedIn = owner) =>
    tokens.create(by, { name: 'ci', roles: ['user'], ...request });
  const setRoles = (roles: readonly string[]) => {
    standings.standingOf = () => ({ state: 'current', roles, notBefore: null });
  };
  const whoIs = (text: string, address = '192.0.2.1') => authenticator.authenticate(`Bearer ${text}`, { address });
  return { ...started, tokens, owner, create, setRoles, whoIs };
}

describe('an API token', () => {
  it('stands for its owner with its roles, until it expires', async () => {
    const { create, whoIs, pass, accessTokens } = start();
    const { text, token } = await create({ expiresAt: new Date((NOW + 3 * DAY) * 1000) });
    expect(text).toMatch(/^sbx_/);
    const seen = await whoIs(text);
    expect(seen).toMatchObject({
      ...ADA,
      username: 'ada',
      roles: ['user'],
      accessToken: { id: token.id, kind: 'API' },
    });
    expect(accessTokens.uses).toEqual([token.id]);
    pass(3 * DAY - 1);
    await whoIs(text);
    pass(1);
    await expect(whoIs(text)).rejects.toEqual(unauthenticated('expired'));
  });

  it('has only those of its roles that its owner has today, and its streams end when one is lost', async () => {
    const { create, whoIs, setRoles, authenticator, standings } = start();
    const { text } = await create({ roles: ['analyst', 'user'] });
    setRoles(['user', 'admin']);
    expect(await whoIs(text)).toMatchObject({ roles: ['user'] });
    const reasons: Fault[] = [];
    authenticator.onInvalid(await whoIs(text), (reason) => reasons.push(reason));
    await standings.revoke({ ...ADA, subject: 'somebody else' }, new Date(0));
    expect(reasons).toEqual([]);
    setRoles(['admin']);
    await standings.revoke(ADA, new Date(0));
    expect(reasons).toEqual([unauthenticated('no longer have the role user. Connect again')]);
    expect(await whoIs(text)).toMatchObject({ roles: [] });
  });

  it('is revoked alone, with its streams', async () => {
    const { create, whoIs, tokens, authenticator } = start();
    const [one, other] = [await create(), await create()];
    const reasons: Fault[] = [];
    authenticator.onInvalid(await whoIs(one.text), (reason) => reasons.push(reason));
    await tokens.revoke(ADA, one.token.id);
    expect(reasons).toEqual([unauthenticated('The API token was revoked')]);
    await expect(whoIs(one.text)).rejects.toEqual(unauthenticated('was revoked'));
    await whoIs(other.text);
  });

  it('ends with the sign-in that created it, although it is newer than the revocation', async () => {
    const { create, whoIs, standings, pass } = start();
    pass(600);
    const { text } = await create();
    await standings.revoke(ADA, new Date((NOW + 60) * 1000));
    await expect(whoIs(text)).rejects.toEqual(unauthenticated('revoked'));
  });

  it.each([
    ['a role that its owner does not have', { roles: ['user', 'admin'] }, 'do not have the role admin'],
    ['no role', { roles: [] }, 'needs a role'],
    ['no name', { name: '' }, '1 to 100 characters'],
    ['a long name', { name: 'x'.repeat(101) }, '1 to 100 characters'],
    ['a name of two lines', { name: 'a\nb' }, 'control characters'],
    ['an end in the past', { expiresAt: new Date(NOW * 1000) }, 'in the future'],
    ['an end after the maximum', { expiresAt: new Date((NOW + 366 * DAY) * 1000) }, 'at most 365 days'],
    ['no end', { expiresAt: new Date(Number.NaN) }, 'in the future'],
  ])('is not created with %s', async (_, request, message) => {
    const refused = expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining(message) });
    await expect(start().create(request)).rejects.toEqual(refused);
  });

  it('is not created with another one, nor on a server without API tokens', async () => {
    const { create, whoIs } = start();
    const holder = (await whoIs((await create()).text)) as SignedIn;
    await expect(create({}, holder)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(start({ maxDays: 0 }).create()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const { token } = await start({ maxDays: 30 }).create();
    expect(token.expiresAt).toEqual(new Date((NOW + 30 * DAY) * 1000));
  });

  it('that is wrong is throttled by network; a right one is not, wherever it comes from', async () => {
    const { create, whoIs } = start();
    const { text } = await create();
    const codes: string[] = [];
    for (let i = 0; i < 31; i += 1)
      await whoIs(createTokenText('API'), `2001:db8::${i}`).catch(({ code }) => codes.push(code));
    expect(codes.filter((code) => code === 'UNAUTHENTICATED')).toHaveLength(30);
    expect(codes.at(-1)).toBe('THROTTLED');
    await whoIs(text, '2001:db8::1');
    await expect(whoIs(`${text.slice(0, -1)}_`, '192.0.2.9')).rejects.toEqual(unauthenticated('wrong or missing char'));
  });
});
