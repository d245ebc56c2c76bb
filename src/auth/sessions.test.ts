import { describe, expect, it } from 'vitest';
import {
  account,
  claims,
  hs256,
  memoryAccounts,
  NOW,
  startAuthenticator,
  unauthenticated,
} from '../../test/support/auth/authenticator.ts';
import type { Fault } from '../core/errors.ts';
import { createSessions } from './sessions.ts';
import { createTokenText } from './token-text.ts';

const ADA = { username: 'ada', password: 'lovelace' };
const KEY = { tenant: 'north', subject: 'subject-of-ada' };
const MINUTES = 60;

/** Tokens and sessions on one clock; a session that is not used lasts an hour, another one twelve. */
function start({ acceptsTokens = false } = {}) {
  const started = startAuthenticator({ devAccounts: false }, memoryAccounts(account('ada', 'lovelace')));
  const { config } = started;
  const sessions = createSessions({
    ...started,
    ...{ idleMinutes: config.tokenMinutes, sessionHours: config.sessionHours, acceptsTokens },
  });
  const whoIs = (session: string) => started.authenticator.authenticate(undefined, { session });
  return { ...started, sessions, whoIs };
}

describe('a session', () => {
  it('is that of the account, and ends when it is not used for an hour', async () => {
    const { sessions, whoIs, pass } = start();
    const { token, expiresAt, principal } = await sessions.start(ADA, '192.0.2.1');
    expect(expiresAt).toEqual(new Date((NOW + 3600) * 1000));
    expect(principal).toMatchObject({ ...KEY, username: 'ada', roles: ['analyst'] });
    expect(await whoIs(token)).toMatchObject({ ...KEY, accessToken: { kind: 'SESSION' } });
    pass(59 * MINUTES);
    await whoIs(token);
    pass(1 * MINUTES);
    await expect(whoIs(token)).rejects.toEqual(unauthenticated('expired'));
    expect(await sessions.extendIfDue(token)).toBeUndefined();
  });

  it('is extended in the second half of its life, until twelve hours after the sign-in', async () => {
    const { sessions, whoIs, pass } = start();
    const { token } = await sessions.start(ADA, '192.0.2.1');
    pass(29 * MINUTES);
    expect(await sessions.extendIfDue(token)).toBeUndefined();
    pass(1 * MINUTES);
    expect(await sessions.extendIfDue(token)).toEqual(new Date((NOW + 90 * MINUTES) * 1000));
    expect(await sessions.extendIfDue(token)).toBeUndefined();
    let ends: Date | undefined;
    for (let minutes = 30; minutes < 12 * 60; minutes += 40) {
      await whoIs(token);
      ends = (await sessions.extendIfDue(token)) ?? ends;
      pass(40 * MINUTES);
    }
    expect(ends).toEqual(new Date((NOW + 12 * 3600) * 1000));
    await expect(whoIs(token)).rejects.toEqual(unauthenticated('expired'));
  });

  it('ends alone, with what is open in it', async () => {
    const { sessions, whoIs, authenticator } = start();
    const [one, other] = [await sessions.start(ADA, '192.0.2.1'), await sessions.start(ADA, '192.0.2.1')];
    const reasons: Fault[] = [];
    authenticator.onInvalid(await whoIs(one.token), (reason) => reasons.push(reason));
    await sessions.end(one.token);
    expect(reasons).toEqual([unauthenticated('The session has ended')]);
    await expect(whoIs(one.token)).rejects.toEqual(unauthenticated('The session has ended'));
    await whoIs(other.token);
    await sessions.end(one.token);
    await sessions.end('no token');
  });

  it('ends with a revocation, also one that came while it was started', async () => {
    const { sessions, whoIs, standings, pass } = start();
    const { token } = await sessions.start(ADA, '192.0.2.1');
    pass(10);
    await standings.revoke(KEY, new Date((NOW + 5) * 1000));
    await expect(whoIs(token)).rejects.toEqual(unauthenticated('revoked'));
    await whoIs((await sessions.start(ADA, '192.0.2.1')).token);
  });

  it('keeps a stream open for as long as it is extended', async () => {
    const { sessions, whoIs, authenticator, accessTokens, pass } = start();
    const { token, principal } = await sessions.start(ADA, '192.0.2.1');
    const reasons: Fault[] = [];
    authenticator.onInvalid(await whoIs(token), (reason) => reasons.push(reason));
    pass(40 * MINUTES);
    await sessions.extendIfDue(token);
    pass(30 * MINUTES);
    // Any change makes it look again, as its timer does.
    const id = principal.kind === 'user' ? (principal.accessToken?.id ?? '') : '';
    await accessTokens.extend(id, new Date((NOW + 100 * MINUTES) * 1000));
    expect(reasons).toEqual([]);
    pass(40 * MINUTES);
    await accessTokens.extend(id, new Date((NOW + 100 * MINUTES) * 1000));
    expect(reasons).toEqual([unauthenticated('expired')]);
  });

  it('needs the right password, and is not opened by a token of another kind', async () => {
    const { sessions, whoIs, authenticator } = start();
    await expect(sessions.start({ ...ADA, password: 'x' }, '192.0.2.1')).rejects.toEqual(unauthenticated('is wrong'));
    const { token } = await authenticator.signIn('ada', 'lovelace', '192.0.2.1');
    await expect(sessions.start({ token }, '192.0.2.1')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    for (const text of [token, '', createTokenText('API'), createTokenText('SESSION')])
      await expect(whoIs(text)).rejects.toEqual(unauthenticated('The session has ended'));
    const session = await sessions.start(ADA, '192.0.2.1');
    await expect(authenticator.authenticate(`Bearer ${session.token}`)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('that starts with a token of an identity provider ends with it', async () => {
    const { sessions, whoIs, pass } = start({ acceptsTokens: true });
    const pasted = await hs256({ ...claims, exp: NOW + 80 * MINUTES, iat: NOW });
    const { token } = await sessions.start({ token: pasted }, '192.0.2.1');
    pass(50 * MINUTES);
    expect(await sessions.extendIfDue(token)).toEqual(new Date((NOW + 80 * MINUTES) * 1000));
    pass(29 * MINUTES);
    expect(await sessions.extendIfDue(token)).toBeUndefined();
    await whoIs(token);
    pass(1 * MINUTES);
    await expect(whoIs(token)).rejects.toEqual(unauthenticated('expired'));
    await expect(sessions.start({ token: pasted }, '192.0.2.1')).rejects.toEqual(unauthenticated('expired'));
    await expect(sessions.start({ token: '' }, '192.0.2.1')).rejects.toEqual(unauthenticated('empty'));
  });
});
