import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../rules/parse-policy.ts';
import { createRuleIndex } from './rule-index.ts';

function indexOf(...rules: readonly string[]) {
  const policy = parsePolicy(['g, user', 'g, lead, user', ...rules].join('\n'));
  const index = createRuleIndex(policy.rules, policy.roles);
  return (role: string, action: string, host?: string, path = '/x') => {
    const uri = host === undefined ? undefined : { href: '', scheme: 'http', host, port: '', path, query: '' };
    const matching = index.matching({ roles: [role], action, ...(uri && { uri }) });
    return index.rulesOf(matching).map(({ rule }) => `${rule.effect} ${rule.uri}`);
  };
}

describe('the rule index', () => {
  it('returns only the rules that match, of a thousand', () => {
    const find = indexOf(
      ...Array.from({ length: 1_000 }, (_, i) => `p, user, command:*, http://h${i}.example/**, *, allow`),
    );
    expect(find('user', 'command:fetch', 'h7.example')).toEqual(['ALLOW http://h7.example/**']);
    expect(find('lead', 'command:fetch', 'h7.example')).toHaveLength(1);
    expect(find('stranger', 'command:fetch', 'h7.example')).toEqual([]);
    expect(find('user', 'query:runs', 'h7.example')).toEqual([]);
    expect(find('user', 'command:fetch')).toEqual([]);
  });

  it('finds rules with wildcards before literal parts', () => {
    const find = indexOf(
      'p, user, *, **, *, allow',
      'p, user, *, http://**/x, *, deny',
      'p, user, *, http://*.example/**, *, approve',
    );
    expect(find('user', 'exec', 'a.example')).toEqual(['DENY http://**/x', 'APPROVE http://*.example/**', 'ALLOW **']);
    expect(find('user', 'exec')).toEqual(['ALLOW **']);
  });

  it('returns a rule once, however many of its alternatives match', () => {
    const find = indexOf('p, user, *, http://a/** | http://a/x | http://**, *, allow');
    expect(find('user', 'exec', 'a')).toHaveLength(1);
  });

  it('returns the same object for requests that the same rules match', () => {
    const policy = parsePolicy('g, a\ng, b\np, a, *, http://x/** | http://*/y/**, *, allow\np, a, exec, **, *, deny');
    const index = createRuleIndex(policy.rules, policy.roles);
    const at = (host: string, path: string) => ({ href: '', scheme: 'http', host, port: '', path, query: '' });
    const one = index.matching({ roles: ['a'], action: 'exec', uri: at('x', '/1') });
    expect(index.matching({ roles: ['a'], action: 'exec', uri: at('x', '/2') })).toBe(one);
    expect(index.matching({ roles: ['a'], action: 'exec', uri: at('z', '/1') })).not.toBe(one);
    expect(index.matching({ roles: ['a'], action: 'tool:x', uri: at('x', '/1') })).not.toBe(one);
    expect(index.matching({ roles: ['a', 'b'], action: 'exec', uri: at('x', '/1') })).not.toBe(one);
    expect(index.matching({ roles: ['stranger', 'a'], action: 'exec', uri: at('x', '/1') })).not.toBe(
      index.matching({ roles: ['stranger,a'], action: 'exec', uri: at('x', '/1') }),
    );
    expect(index.rulesOf(index.matching({ roles: ['a'], action: 'exec', uri: at('x', '/y/1') }))).toHaveLength(2);
  });

  it('remembers a limited number of objects, and none for a long name', () => {
    const { rules, roles } = parsePolicy('g, user\ng, lead, user\np, user, *, **, *, allow');
    const index = createRuleIndex(rules, roles);
    const first = { roles: ['user'], action: 'exec' };
    const remembered = index.matching(first);
    const flood = (count: number) => {
      for (let i = 0; i < count; i += 1)
        index.matching({ roles: i % 2 ? ['user'] : ['user', 'lead'], action: `workflow:${i}` });
    };
    flood(10_000);
    expect(index.matching(first)).toBe(remembered);
    flood(30_000);
    expect(index.matching(first)).not.toBe(remembered);

    const request = { roles: ['user'], action: `workflow:${'x'.repeat(1_000)}` };
    expect(index.rulesOf(index.matching(request))).toEqual(rules);
    expect(index.matching(request)).not.toBe(index.matching(request));
  });
});
