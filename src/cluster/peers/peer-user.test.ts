import { expect, it } from 'vitest';
import type { Account, Standing } from '../../core/accounts/accounts.ts';
import { userOf } from './peer-user.ts';

const alice: Account = { subject: 's-1', username: 'alice', tenant: 'acme', roles: ['analyst'], passwordHash: '' };
const peer = (account?: string, tenant?: string) => ({
  ...{ senderId: 'client', isWorker: false, isVerified: true },
  ...(account !== undefined && { account }),
  ...(tenant !== undefined && { tenant }),
});

/** The account alice, and the standings by tenant and subject. */
function deps(standings: Readonly<Record<string, Standing>>) {
  return {
    accounts: { find: async (name: string) => (name === 'alice' ? alice : undefined) },
    standings: {
      standingOf: ({ tenant, subject }: { tenant: string; subject: string }): Standing =>
        standings[`${tenant}/${subject}`] ?? { state: 'unknown', notBefore: null },
    },
  };
}
const current = (...roles: string[]): Standing => ({ state: 'current', roles, notBefore: null });

it('jobs run as the account by user name or subject, with its roles of today', async () => {
  const today = deps({ 'acme/s-1': current('user'), 'default/s-2': current('admin') });
  const user = { subject: 's-1', username: 'alice', tenant: 'acme', roles: ['user'] };
  expect(await userOf(peer('alice'), today)).toEqual(user);
  expect(await userOf(peer('alice', 'acme'), today)).toEqual(user);
  expect(await userOf(peer('s-1', 'acme'), today)).toEqual({ ...user, username: 's-1' });
  expect(await userOf(peer('s-2'), today)).toMatchObject({ tenant: 'default', roles: ['admin'] });
});

it.each([
  ['has no account', peer(), {}],
  ['has one that nobody knows', peer('carol'), {}],
  ['has one of another tenant', peer('alice', 'other'), { 'acme/s-1': current('user') }],
  ['has one that was disabled', peer('alice'), { 'acme/s-1': { state: 'gone' } as const }],
  [
    'has one that was disabled, whose name is the subject of another one',
    peer('alice', 'acme'),
    { 'acme/s-1': { state: 'gone' } as const, 'acme/alice': current('admin') },
  ],
])('no job runs for a peer that %s', async (_, sender, standings) => {
  await expect(userOf(sender, deps(standings))).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
