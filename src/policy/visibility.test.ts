import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../core/policy.ts';
import { anonymous, type Principal } from '../core/principal.ts';
import { compilePolicy } from './compile-policy.ts';
import { decide } from './decide.ts';
import { explain } from './explain.ts';
import { scopeOf } from './visibility.ts';

const model = readFileSync(join(import.meta.dirname, '../../policy/model.conf'), 'utf8');

async function policyOf(...rules: string[]): Promise<Policy> {
  const policy = await compilePolicy({ model, rules: ['g, user', ...rules].join('\n') });
  return {
    decide: (request) => decide(policy, request),
    explain: (request) => explain(policy, request),
    rules: () => policy.rules.map(({ rule }) => rule),
    source: () => ({ text: policy.text, roles: [...policy.roles.keys()] }),
    simulate: async () => ({ problems: [] }),
    snapshot: () => policy.snapshot,
  };
}

const bob: Principal = { kind: 'user', subject: 'u1', username: 'bob', tenant: 'acme', roles: ['user'] };

describe('the visibility of runs', () => {
  it.each([
    ['all of the tenant', 'p, user, query:runs, run:*, *, allow', { tenant: 'acme' }],
    ['what they started', 'p, user, query:runs, run:own, *, allow', { tenant: 'acme', subject: 'u1' }],
    ['nothing', 'p, user, query:resources, run:own, *, allow', undefined],
    ['nothing while a person would have to agree', 'p, user, query:runs, run:own, *, approve', undefined],
  ])('is %s with "%s"', async (_, rule, scope) => {
    expect(scopeOf(bob, await policyOf(rule))).toEqual(scope);
  });

  it('falls back to their own runs when those of the tenant are denied', async () => {
    const policy = await policyOf('p, user, *, **, *, allow', 'p, user, query:runs, run:tenant, *, deny');
    expect(scopeOf(bob, policy)).toEqual({ tenant: 'acme', subject: 'u1' });
  });

  it('is nothing for an anonymous caller', async () => {
    expect(scopeOf(anonymous, await policyOf('p, user, *, **, *, allow'))).toBeUndefined();
  });

  it('applies to a run that the system continues for a user', async () => {
    const policy = await policyOf('p, user, query:runs, run:own, *, allow');
    expect(scopeOf({ ...bob, kind: 'system', reason: 'recovery' }, policy)).toEqual({ tenant: 'acme', subject: 'u1' });
  });
});
