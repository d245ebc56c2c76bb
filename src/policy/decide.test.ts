import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { PolicyRequest } from '../core/policy.ts';
import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import { decide } from './decide.ts';

const model = readFileSync(join(import.meta.dirname, '../../policy/model.conf'), 'utf8');
const compile = (...lines: string[]) => compilePolicy({ model, rules: lines.join('\n') });

function uri(href: string): CanonicalUri {
  const { protocol, hostname, port, pathname, search } = new URL(href);
  return { href, scheme: protocol.slice(0, -1), host: hostname, port, path: pathname, query: search.slice(1) };
}

describe('deciding', () => {
  it('names the rule, the canonical URIs and the snapshot', async () => {
    const policy = await compile('g, user', 'p, user, command:fetch, http://a/**, file:///schemas/*, allow, , why');
    const request = {
      roles: ['user'],
      action: 'command:fetch',
      uri: uri('http://a/x'),
      schema: uri('file:///schemas/s'),
    };
    expect(decide(policy, request)).toEqual({
      effect: 'ALLOW',
      reason: expect.stringMatching(
        /^rule_[0-9a-f]{12} \(line 2\) allows user command:fetch on http:\/\/a\/\*\* with schema file:\/\/\/schemas\/\*\.$/,
      ),
      rule: policy.rules[0]?.rule,
      action: 'command:fetch',
      roles: ['user'],
      canonicalUri: 'http://a/x',
      schemaUri: 'file:///schemas/s',
      snapshot: policy.snapshot,
    });
  });

  it('applies the strictest of several rates', async () => {
    const rates = ['rate=100/h', 'rate=2/m', 'rate=1/s', 'rate=120/h'];
    const policy = await compile('g, user', ...rates.map((rate) => `p, user, *, **, *, throttle, ${rate}`));
    // 2 a minute is 120 an hour, but in smaller bursts.
    expect(decide(policy, { roles: ['user'], action: 'exec' }).rule?.obligation).toBe('rate=100/h');
    const without = await compile('g, user', ...rates.slice(1).map((rate) => `p, user, *, **, *, throttle, ${rate}`));
    expect(decide(without, { roles: ['user'], action: 'exec' }).rule?.obligation).toBe('rate=2/m');
  });

  it('matches the schema column only when there is a schema', async () => {
    const policy = await compile('g, user', 'p, user, command:*, http://a/**, file:///schemas/public-*, allow');
    const request = { roles: ['user'], action: 'command:fetch', uri: uri('http://a/x') };
    expect(decide(policy, request).effect).toBe('ALLOW');
    expect(decide(policy, { ...request, schema: uri('file:///schemas/public-a') }).effect).toBe('ALLOW');
    expect(decide(policy, { ...request, schema: uri('file:///schemas/secret') }).effect).toBe('DENY');
  });

  it('denies callers without a declared role, and says so', async () => {
    const policy = await compile('g, user', 'p, user, *, **, *, allow');
    for (const roles of [[], ['stranger'], ['constructor'], ['']]) {
      const decision = decide(policy, { roles, action: 'exec' });
      expect(decision).toMatchObject({
        effect: 'DENY',
        roles,
        reason: expect.stringMatching(/none of the caller's roles/),
      });
      expect(decision).not.toHaveProperty('rule');
    }
  });

  it('is not misled by a role or an action that contains several', async () => {
    const policy = await compile('g, a', 'g, b', 'p, a, exec, **, *, allow', 'p, b, exec, **, *, allow');
    expect(decide(policy, { roles: ['a', 'b'], action: 'exec' }).effect).toBe('ALLOW');
    expect(decide(policy, { roles: ['a,b'], action: 'exec' }).effect).toBe('DENY');
    expect(decide(policy, { roles: ['a\nb'], action: 'exec' }).effect).toBe('DENY');
    expect(decide(policy, { roles: ['b'], action: 'exec\na' }).effect).toBe('DENY');
  });

  it('shows each caller their own roles', async () => {
    const policy = await compile('g, user', 'p, user, *, **, *, allow');
    expect(decide(policy, { roles: ['user', 'x'], action: 'exec' }).roles).toEqual(['user', 'x']);
    expect(decide(policy, { roles: ['y', 'user'], action: 'exec' }).roles).toEqual(['y', 'user']);
  });

  it('asks Casbin once for all URIs that the same rules match', async () => {
    const policy = await compile('g, user', 'p, user, *, http://a/**, *, allow', 'p, user, *, http://a/x/**, *, deny');
    let asked = 0;
    const counting: CompiledPolicy = {
      ...policy,
      evaluator: {
        decidingRule(question, candidates) {
          asked += 1;
          return policy.evaluator.decidingRule(question, candidates);
        },
      },
    };
    const fetching = (path: string) =>
      decide(counting, { roles: ['user'], action: 'command:fetch', uri: uri(`http://a/${path}`) });
    for (let i = 0; i < 1_000; i += 1) {
      expect(fetching(`${i}`)).toMatchObject({ effect: 'ALLOW', canonicalUri: `http://a/${i}` });
      expect(fetching(`x/${i}`)).toMatchObject({
        effect: 'DENY',
        reason: expect.stringMatching(`, and so http://a/x/${i}\\.$`),
      });
    }
    expect(asked).toBe(2);
  });

  it('denies, and never throws, when an internal error occurs', async () => {
    const policy = await compile('g, user', 'p, user, *, **, *, allow');
    const broken: CompiledPolicy = {
      ...policy,
      evaluator: {
        decidingRule() {
          throw new Error('out of order');
        },
      },
    };
    expect(decide(broken, { roles: ['user'], action: 'exec' })).toMatchObject({
      effect: 'DENY',
      reason: 'Denied, because the policy could not decide: out of order',
      snapshot: policy.snapshot,
    });
    for (const nonsense of [
      undefined,
      null,
      {},
      { roles: 'user', action: 'exec' },
      { roles: [null], action: 'exec', uri: {} },
    ]) {
      expect(decide(policy, nonsense as unknown as PolicyRequest).effect).toBe('DENY');
    }
  });

  it('has a different snapshot when one character of the model or the rules differs', async () => {
    const text = { model, rules: 'g, user\np, user, *, **, *, allow' };
    const { snapshot } = await compilePolicy(text);
    expect(snapshot).toMatch(/^[0-9a-f]{64}$/);
    expect((await compilePolicy(text)).snapshot).toBe(snapshot);
    expect((await compilePolicy({ ...text, rules: `${text.rules}\n` })).snapshot).not.toBe(snapshot);
    expect((await compilePolicy({ ...text, model: `${model}\n` })).snapshot).not.toBe(snapshot);
  });
});
