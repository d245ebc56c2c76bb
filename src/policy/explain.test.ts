import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PolicyRequest } from '../core/policy.ts';
import { compilePolicy } from './compile-policy.ts';
import { explain } from './explain.ts';

const model = readFileSync(join(import.meta.dirname, '../../policy/model.conf'), 'utf8');
const compile = (...lines: string[]) => compilePolicy({ model, rules: ['g, user', 'g, admin', ...lines].join('\n') });

function uri(href: string) {
  const { protocol, hostname, port, pathname } = new URL(href);
  return { href, scheme: protocol.slice(0, -1), host: hostname, port, path: pathname, query: '' };
}

const request: PolicyRequest = { roles: ['user'], action: 'command:fetch', uri: uri('http://a.example/b/c') };

describe('explaining a decision', () => {
  it('names the part in which each rule differs, beginning with the part that is easiest to change', async () => {
    const policy = await compile(
      'p, admin, command:*, **, *, allow',
      'p, user, command:render, http://a.example/**, *, allow',
      'p, user, command:*, http://b.example/**, *, allow',
      'p, user, command:*, http://a.example/b/**, file:///schemas/**, allow',
      'p, admin, command:render, **, *, allow',
    );
    const { decision, nearMisses } = explain(policy, { ...request, schema: uri('http://schemas/x') });
    expect(nearMisses.map(({ rule, missed }) => [rule.role, rule.action, missed])).toEqual([
      ['user', 'command:*', 'schema'],
      ['user', 'command:*', 'uri'],
      ['user', 'command:render', 'action'],
      ['admin', 'command:*', 'role'],
    ]);
    expect(decision.effect).toBe('DENY');
    expect(decision.reason).toMatch(
      /^Denied, because no rule matched: none lets user do command:fetch on http:\/\/a\.example\/b\/c\. Closest: rule_\w+ \(line 6\) .*; its schema differs\.$/,
    );
  });

  it('lists the rule that shares most of the URI first', async () => {
    const policy = await compile(
      'p, user, *, ftp://a.example/b/**, *, allow',
      'p, user, *, http://other.org/b/**, *, allow',
      'p, user, *, http://b.example/b/**, *, allow',
      'p, user, *, http://a.example/x/**, *, allow',
      'p, user, *, data:** | http://a.example:8080/b/c, *, allow',
    );
    const lines = explain(policy, request).nearMisses.map(({ rule }) => rule.uri);
    expect(lines).toEqual([
      'data:** | http://a.example:8080/b/c',
      'http://a.example/x/**',
      'http://b.example/b/**',
      'http://other.org/b/**',
      'ftp://a.example/b/**',
    ]);
  });

  it('lists rules that would have changed the decision before the others', async () => {
    const policy = await compile(
      'p, user, *, http://a.example/b/**, *, allow',
      'p, user, *, http://a.example/b/d, *, allow',
      'p, admin, *, **, *, deny',
    );
    const { decision, nearMisses } = explain(policy, request);
    expect(decision.effect).toBe('ALLOW');
    expect(decision.reason).not.toContain('Closest');
    expect(nearMisses.map(({ rule }) => rule.effect)).toEqual(['DENY', 'ALLOW']);
  });

  it('lists at most five', async () => {
    const policy = await compile(...Array.from({ length: 20 }, (_, i) => `p, user, *, http://h${i}/**, *, allow`));
    expect(explain(policy, request).nearMisses).toHaveLength(5);
  });

  it('includes inherited roles', async () => {
    const policy = await compile('g, boss, user', 'p, user, *, http://other/**, *, allow');
    expect(explain(policy, { ...request, roles: ['boss'] }).nearMisses).toMatchObject([{ missed: 'uri' }]);
  });

  it('explains a request without a URI', async () => {
    const policy = await compile('p, user, query:policyRules, http://a/**, *, allow');
    expect(explain(policy, { roles: ['user'], action: 'query:policyRules' }).nearMisses).toMatchObject([
      { missed: 'uri' },
    ]);
  });

  it('contains only the denial when the request is invalid', async () => {
    const policy = await compile('p, user, *, **, *, allow');
    const { decision, nearMisses } = explain(policy, {} as PolicyRequest);
    expect([decision.effect, nearMisses]).toEqual(['DENY', []]);
  });
});
