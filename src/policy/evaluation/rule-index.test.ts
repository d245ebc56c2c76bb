import { describe, expect, it } from 'vitest';
import { splitUri } from '../globs/uri-glob.ts';
import { parsePolicy } from '../rules/parse-policy.ts';
import { createRuleIndex } from './rule-index.ts';

function indexOf(...rules: readonly string[]) {
  const policy = parsePolicy(['g, user', 'g, lead, user', ...rules].join('\n'));
  const index = createRuleIndex(policy.rules, policy.roles);
  return (role: string, action: string, host?: string, path = '/x') => {
    const uri = host === undefined ? undefined : { href: '', scheme: 'http', host, port: '', path, query: '' };
    const candidates = index.candidates({ roles: [role], action, uri: uri && splitUri(uri), schema: undefined });
    return candidates.map(({ rule }) => `${rule.effect} ${rule.uri}`);
  };
}

describe('the rule index', () => {
  it('returns only the rules that can match, of a thousand', () => {
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
});
