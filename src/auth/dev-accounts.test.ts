import { expect, it } from 'vitest';
import { memoryStandings } from '../../test/support/auth/authenticator.ts';
import { withDevStandings } from './dev-accounts.ts';

const alice = { tenant: 'default', subject: 'dev:alice' };

it('a dev account is current in development, and can be revoked and disabled', async () => {
  const standings = withDevStandings(memoryStandings(), true);
  expect(standings.standingOf(alice)).toEqual({ state: 'current', roles: ['analyst'], notBefore: null });
  await standings.revoke(alice, new Date(5));
  expect(standings.standingOf(alice)).toEqual({ state: 'current', roles: ['analyst'], notBefore: new Date(5) });
  await standings.setDisabled(alice, true, new Date(6));
  expect(standings.standingOf(alice)).toEqual({ state: 'gone' });
});

it('a dev account is gone where it cannot sign in, so that what it left in the data does nothing', () => {
  expect(withDevStandings(memoryStandings(), false).standingOf(alice)).toEqual({ state: 'gone' });
});

it('others are not dev accounts, whatever their subject', () => {
  const standings = withDevStandings(memoryStandings(), true);
  for (const who of [
    { ...alice, tenant: 'north' },
    { ...alice, subject: 'dev:mallory' },
  ]) {
    expect(standings.standingOf(who)).toEqual({ state: 'unknown', notBefore: null });
  }
});
