import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { parsePolicy } from './parse-policy.ts';

function problemsOf(text: string, actions?: readonly string[]): Record<string, string> {
  try {
    parsePolicy(text, actions);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    expect(error.code).toBe('BAD_INPUT');
    return Object.fromEntries(error.violations.map(({ path, message }) => [path, message]));
  }
  return {};
}

describe('reading policy.csv', () => {
  it('returns rules with their lines, stable ids and defaults', () => {
    const text = 'g, user\n\n# a comment\np, user, command:*, http://a/**, *, throttle, rate=10/m, "slow, please"';
    const [loaded] = parsePolicy(text).rules;
    expect(loaded?.line).toBe(4);
    expect(loaded?.rule).toEqual({
      id: expect.stringMatching(/^rule_[0-9a-f]{12}$/),
      role: 'user',
      action: 'command:*',
      uri: 'http://a/**',
      schema: '*',
      effect: 'THROTTLE',
      obligation: 'rate=10/m',
      comment: 'slow, please',
    });
    expect(loaded?.rateLimit).toEqual({ count: 10, periodMs: 60_000 });
    expect(parsePolicy(`\uFEFF# moved\r\n${text.replaceAll('\n', '\r\n')}`).rules[0]?.rule.id).toBe(loaded?.rule.id);
  });

  it('preserves a # that is not at the beginning of a line', () => {
    expect(parsePolicy('g, user\np, user, *, **, *, allow, , see #12').rules[0]?.rule.comment).toBe('see #12');
  });

  it('reports every problem of the file at once, by line', () => {
    const problems = problemsOf(
      [
        'g, user',
        'p, user, command:*, http://a/**, *, Deny',
        'p, usr, command:*, http://a/**, *, deny',
        'p, user, commmand:fetch, http://u@a/, *, allow',
        'p, user, *, **, *, throttle, rate=ten/m',
        'p, user, *, **, *, allow, rate=10/m',
        'p, user, *, "http://a/**, *, allow',
        'p, user, *, **, *, allow, , a, b',
        'q, user',
        'g, user, parent, more',
        'g, r=1',
        'p, user, *, **, , allow',
      ].join('\n'),
    );
    expect(problems).toEqual({
      '/line/2': expect.stringContaining('"Deny" is not an effect. Write allow, deny, approve or throttle'),
      '/line/3': expect.stringContaining('"usr" is not declared'),
      '/line/4': expect.stringContaining('user info'),
      '/line/5': expect.stringContaining('rate=10/m'),
      '/line/6': expect.stringContaining('only a throttle rule'),
      '/line/7': expect.stringContaining('Quote Not Closed'),
      '/line/8': expect.stringContaining('quote a field that holds a comma'),
      '/line/9': expect.stringContaining('not with "q"'),
      '/line/10': expect.stringContaining('"parent" is not declared'),
      '/line/11': expect.stringContaining('cannot be the name of a role'),
      '/line/12': expect.stringContaining('schema: '),
    });
  });

  it('lists all problems of one line', () => {
    expect(() => parsePolicy('g, user\np, user, fetch, ftp, *, no')).toThrow(
      /line 2: action: .*\nline 2: uri: .*\nline 2: effect: /,
    );
  });

  it.each([
    ...['*', 'exec', 'command:*', 'command:convertTo*', 'query:runs', 'tool:repo.git.add_all'],
    ...['workflow:*', 'workflow:nightly-report', 'step:sleep', 'mutation:cancelRun', 'agent:bash_cli', 'agent:*'],
    ...['secret:GITHUB_TOKEN', 'memory:read', 'memory:*'],
  ])('accepts the action %s', (action) => {
    expect(problemsOf(`g, user\np, user, ${action}, **, *, allow`)).toEqual({});
  });

  it.each(['', 'fetch', '*:fetch', 'command:', 'Command:fetch', 'exec:*', 'command:a b', 'command:a/b', 'commands:*'])(
    'refuses the action %j',
    (action) => {
      expect(problemsOf(`g, user\np, user, ${action}, **, *, allow`)['/line/2']).toMatch(/^action: .*not an action/);
    },
  );

  it('finds a misspelled name when it gets all actions', () => {
    const actions = ['command:fetch', 'query:runs'];
    const rules = [
      'command:fecth',
      'command:fe*',
      'mutation:cancelRun',
      'mutation:cancelRuns',
      'step:sleep',
      'step:nap',
    ];
    const text = ['g, user', ...rules.map((action) => `p, user, ${action}, **, *, deny`)].join('\n');
    expect(problemsOf(text, actions)).toEqual({
      '/line/2': expect.stringContaining('Unknown action "command:fecth"'),
      '/line/5': expect.stringContaining('Unknown action "mutation:cancelRuns"'),
      '/line/7': expect.stringContaining('Unknown action "step:nap"'),
    });
  });

  it('accepts any name of a workflow, because workflows are saved and deleted at run time', () => {
    expect(problemsOf('g, user\np, user, workflow:nightly, **, *, allow', ['command:fetch'])).toEqual({});
  });

  it('accepts names of unknown tools, because MCP servers have more, but not misspelled ones', () => {
    const actions = ['tool:web.search', 'tool:repo.git.push', 'agent:mcp', 'secret:KEY'];
    const rules = ['tool:summarize', 'tool:web.serach', 'tool:repo.git', 'tool:repo.git.*', 'agent:mpc', 'secret:KEZ'];
    const engines = ['exec', 'memory:read', 'memory:append', 'memory:write', 'step:codegen', 'mutation:runAgent'];
    const text = ['g, user', ...[...rules, ...engines].map((action) => `p, user, ${action}, **, *, deny`)].join('\n');
    expect(problemsOf(text, actions)).toEqual({
      '/line/3': expect.stringContaining('Unknown action "tool:web.serach"'),
      '/line/4': expect.stringContaining('Unknown action "tool:repo.git"'),
      '/line/6': expect.stringContaining('Unknown action "agent:mpc"'),
      '/line/7': expect.stringContaining('Unknown action "secret:KEZ"'),
      '/line/11': expect.stringContaining('Unknown action "memory:write"'),
    });
  });

  it('accepts the rules in docs/policy.md', () => {
    const text = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');
    const blocks = [...text.matchAll(/```csv\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    expect(blocks.length).toBeGreaterThan(1);
    for (const block of blocks) expect(problemsOf(block)).toEqual({});
  });

  it.each(['rate=0/m', 'rate=10', 'rate=10/d', 'rate=1.5/s', 'rate= 1/s', '10/m', ''])(
    'refuses the rate %j',
    (rate) => {
      expect(problemsOf(`g, user\np, user, *, **, *, throttle, ${rate}`)['/line/2']).toMatch(/not a rate/);
    },
  );

  it('rejects roles that inherit in a cycle, once for each cycle', () => {
    const problems = problemsOf('g, a, b\ng, b, c\ng, c, a\ng, d, d\ng, e, a\np, e, *, **, *, allow');
    expect(problems).toEqual({
      '/line/1': expect.stringContaining('a → b → c → a'),
      '/line/4': expect.stringContaining('d → d'),
    });
  });

  it('rejects inheritance deeper than Casbin follows', () => {
    const chain = (links: number) =>
      `${Array.from({ length: links }, (_, i) => `g, r${i}, r${i + 1}`).join('\n')}\ng, r${links}\np, r0, *, **, *, allow`;
    expect(problemsOf(chain(10))).toEqual({});
    expect(problemsOf(chain(11))['/line/1']).toMatch(/more than 10 levels/);
  });

  it('rejects a duplicate rule, whatever its comment', () => {
    const text = 'g, user\np, user, *, **, *, allow\np,user,*,**,*,allow,,"again"';
    expect(problemsOf(text)).toEqual({ '/line/3': expect.stringContaining('the same as in line 2') });
  });

  it('rejects a policy without rules: a file that is being written is empty for a moment', () => {
    expect(problemsOf('')).toEqual({ '/line/1': expect.stringContaining('no rule') });
    expect(problemsOf('g, user\n# nothing yet\n')).toEqual({ '/line/1': expect.stringContaining('no rule') });
  });

  it('rejects control characters and bytes that are not UTF-8', () => {
    expect(problemsOf('g, user\np, user, *, **, *, allow, , a\u0007b')['/line/2']).toMatch(/control characters/);
    expect(problemsOf('g, user\np, user, *, **, *, allow, , a\uFFFDb')['/line/2']).toMatch(/not UTF-8/);
  });

  it('shows the first problems in the message and keeps all of them as violations', () => {
    const text = `g, user\n${'x\n'.repeat(500)}`;
    expect(() => parsePolicy(text)).toThrow(/and 480 more$/);
    expect(Object.keys(problemsOf(text))).toHaveLength(500);
  });
});
