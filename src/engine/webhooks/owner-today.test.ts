import { describe, expect, it } from 'vitest';
import type { Standing } from '../../core/accounts/accounts.ts';
import { ownerToday } from './owner-today.ts';

const owner = { subject: 'usr_1', username: 'ann', tenant: 'north', roles: ['analyst', 'user'] };
const rolesOf = (standing: Standing) => ownerToday({ standings: { standingOf: () => standing } }, owner)?.roles;

describe('the owner of a webhook', () => {
  it('has those of the roles with which it was made that the account has today, and no others', () => {
    expect(rolesOf({ state: 'current', roles: ['admin', 'user'], notBefore: null })).toEqual(['user']);
    expect(rolesOf({ state: 'unknown', notBefore: null })).toEqual(['analyst', 'user']);
    expect(rolesOf({ state: 'gone' })).toBeUndefined();
  });
});
