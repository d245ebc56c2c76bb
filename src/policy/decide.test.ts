import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newEnforcer, newModelFromString } from 'casbin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { PolicyEffect, PolicyRequest } from '../core/policy.ts';
import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import { decide } from './decide.ts';

const model = readFileSync(join(import.meta.dirname, '../../policy/model.conf'), 'utf8');
const compile = (...lines: string[]) => compilePolicy({ model, rules: lines.join('\n') });

function uri(href: string): CanonicalUri {
  const { protocol, hostname, port, pathname, search } = new URL(href);
  return { href, scheme: protocol.slice(0, -1), host: hostname, port, path: pathname, query: search.slice(1) };
}

const ROLES = ['r0', 'r1', 'r2', 'r3'];
const STRENGTH: readonly PolicyEffect[] = ['DENY', 'APPROVE', 'THROTTLE', 'ALLOW'];

interface Glob {
  readonly scheme: string;
  readonly host: readonly string[];
  readonly port: string;
  readonly path: readonly string[];
}

interface Rule {
  readonly role: string;
  readonly action: string;
  readonly uri: readonly (Glob | '**')[];
  readonly schema: Glob | '**';
  readonly effect: PolicyEffect;
  readonly rate: number;
}

const segment = fc.constantFrom('x', 'y', '', '*', 'x*', '*y', '**');
const glob: fc.Arbitrary<Glob> = fc.oneof(
  fc.record({
    scheme: fc.constantFrom('http', 'https'),
    host: fc.array(fc.constantFrom('a', 'b', 'a-b', '*', 'a*', '**'), { minLength: 1, maxLength: 3 }),
    port: fc.constantFrom('', '', '*', '8080'),
    path: fc.array(segment, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    scheme: fc.constant('file'),
    host: fc.constant(['']),
    port: fc.constant(''),
    path: fc.array(segment, { minLength: 1, maxLength: 3 }),
  }),
);
const uriGlob = fc.oneof({ weight: 5, arbitrary: glob }, { weight: 1, arbitrary: fc.constant('**' as const) });
const rule: fc.Arbitrary<Rule> = fc.record({
  role: fc.constantFrom(...ROLES),
  action: fc.constantFrom('*', 'command:*', 'command:f*', 'command:fetch', 'query:runs', 'exec'),
  uri: fc.array(uriGlob, { minLength: 1, maxLength: 3 }),
  schema: fc.oneof(fc.constant('**' as const), glob),
  effect: fc.constantFrom(...STRENGTH),
  rate: fc.integer({ min: 1, max: 5 }),
});
/** Each line gives the heir, then a role further on, so that there is no circle. */
const link = fc
  .tuple(fc.nat(3), fc.nat(3))
  .filter(([a, b]) => a < b)
  .map(([a, b]) => [ROLES[a], ROLES[b]] as [string, string]);

const target = fc
  .oneof(
    fc.record({
      scheme: fc.constantFrom('http', 'https'),
      host: fc.array(fc.constantFrom('a', 'b', 'a-b', 'c'), { minLength: 1, maxLength: 3 }),
      port: fc.constantFrom('', '', '8080', '81'),
      path: fc.array(fc.constantFrom('x', 'y', '', 'xy'), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      scheme: fc.constant('file'),
      host: fc.constant(['']),
      port: fc.constant(''),
      path: fc.array(fc.constantFrom('x', 'y', '', 'xy'), { minLength: 1, maxLength: 3 }),
    }),
  )
  .map(
    (parts): CanonicalUri => ({
      href: textOf(parts),
      scheme: parts.scheme,
      host: parts.host.join('.'),
      port: parts.port,
      path: `/${parts.path.join('/')}`,
      query: '',
    }),
  );
const ask: fc.Arbitrary<PolicyRequest> = fc
  .record({
    roles: fc.subarray([...ROLES, 'stranger']),
    action: fc.constantFrom('command:fetch', 'command:fold', 'command:render', 'query:runs', 'exec', 'tool:x'),
    uri: fc.option(target, { nil: undefined, freq: 8 }),
    schema: fc.option(target, { nil: undefined, freq: 2 }),
  })
  .map(({ roles, action, uri, schema }) => ({ roles, action, ...(uri && { uri }), ...(schema && { schema }) }));

function textOf(glob: Glob | '**'): string {
  if (glob === '**') return glob;
  const { scheme, host, port, path } = glob;
  return `${scheme}://${host.join('.')}${port === '' ? '' : `:${port}`}/${path.join('/')}`;
}

function lineOf({ role, action, uri, schema, effect, rate }: Rule): string {
  const obligation = effect === 'THROTTLE' ? `rate=${rate}/m` : '';
  return `p, ${role}, ${action}, ${uri.map(textOf).join(' | ')}, ${textOf(schema)}, ${effect.toLowerCase()}, ${obligation}`;
}

/** The rules say different things: the same one twice is refused. */
const rules = fc.uniqueArray(rule, { selector: lineOf, minLength: 1, maxLength: 25 });
const head = (links: readonly [string, string][]) => [
  ...ROLES.map((r) => `g, ${r}`),
  ...links.map((l) => `g, ${l.join(', ')}`),
];

/**
 * The same policy for a plain Casbin: its stock model with its stock effector, all rules in the order of the file, and
 * globs matched by a naive recursion. One question for each effect finds the strongest.
 */
async function plainCasbin(all: readonly Rule[], links: readonly [string, string][]) {
  const enforcer = await newEnforcer(
    newModelFromString(`
[request_definition]
r = roles, action, uri, schema
[policy_definition]
p = role, action, index, effect, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = inherits(r.roles, p.role) && acts(r.action, p.action) && covers(r.uri, r.schema, p.index)
`),
  );
  for (const [heir, parent] of links) await enforcer.addRoleForUser(heir, parent);
  const heirs = new Map<string, readonly string[]>();
  for (const role of ROLES) heirs.set(role, [role, ...(await enforcer.getImplicitRolesForUser(role))]);
  await enforcer.addFunction('inherits', (roles: string[], role: string) =>
    roles.some((held) => heirs.get(held)?.includes(role)),
  );
  await enforcer.addFunction('acts', (action: string, pattern: string) =>
    new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(action),
  );
  await enforcer.addFunction(
    'covers',
    (asked: CanonicalUri | undefined, schema: CanonicalUri | undefined, i: string) => {
      const said = all[Number(i)] as Rule;
      return said.uri.some((g) => naive(g, asked)) && (schema === undefined || naive(said.schema, schema));
    },
  );
  const rows = all.map(({ role, action, effect }, i) => [role, action, String(i), effect, 'allow']);
  const definition = enforcer.getModel().model.get('p')?.get('p');
  return ({ roles, action, uri, schema }: PolicyRequest): PolicyEffect => {
    const strongest = STRENGTH.find((effect) => {
      if (definition) definition.policy = rows.filter((row) => row[3] === effect);
      return definition?.policy.length && enforcer.enforceSync(roles, action, uri, schema);
    });
    return strongest ?? 'DENY';
  };
}

function naive(glob: Glob | '**', asked: CanonicalUri | undefined): boolean {
  if (glob === '**') return true;
  if (asked === undefined || glob.scheme !== asked.scheme || (glob.port !== '*' && glob.port !== asked.port))
    return false;
  return list(glob.host, asked.host.split('.')) && list(glob.path, asked.path.slice(1).split('/'));
}

function list([first, ...rest]: readonly string[], items: readonly string[]): boolean {
  if (first === undefined) return items.length === 0;
  if (first === '**') return list(rest, items) || (items.length > 0 && list([first, ...rest], items.slice(1)));
  const [item, ...others] = items;
  if (item === undefined || (item === '') !== (first === '')) return false;
  return new RegExp(`^${first.replaceAll('*', '.*')}$`).test(item) && list(rest, others);
}

describe('deciding', () => {
  it('answers what plain Casbin answers over all rules, remembered or not', async () => {
    const seen = new Set<string>();
    const property = fc.asyncProperty(
      rules,
      fc.array(link, { maxLength: 4 }),
      fc.array(ask, { minLength: 10, maxLength: 30 }),
      async (all, links, asks) => {
        const policy = await compile(...head(links), ...all.map(lineOf));
        const plain = await plainCasbin(all, links);
        for (const one of [...asks, ...asks]) {
          const { effect, rule } = decide(policy, one);
          expect(effect).toBe(plain(one));
          seen.add(rule ? effect : 'nothing matched');
        }
      },
    );
    await fc.assert(property, { numRuns: 150 });
    expect(seen.size).toBe(STRENGTH.length + 1);
  });

  it('does not depend on the order of the rules', async () => {
    const property = fc.asyncProperty(
      rules.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      fc.array(ask, { minLength: 5, maxLength: 15 }),
      async ([all, shuffled], asks) => {
        const [one, other] = [
          await compile(...head([]), ...all.map(lineOf)),
          await compile(...shuffled.map(lineOf), ...head([])),
        ];
        for (const asked of asks) {
          const [a, b] = [decide(one, asked), decide(other, asked)];
          expect([a.effect, a.rule?.obligation]).toEqual([b.effect, b.rule?.obligation]);
        }
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });

  it('names the rule, the canonical URIs and the snapshot', async () => {
    const policy = await compile('g, user', 'p, user, command:fetch, http://a/**, file:///schemas/*, allow, , why');
    const asked = {
      roles: ['user'],
      action: 'command:fetch',
      uri: uri('http://a/x'),
      schema: uri('file:///schemas/s'),
    };
    expect(decide(policy, asked)).toEqual({
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

  it('takes the strictest of several rates', async () => {
    const rates = ['rate=100/h', 'rate=2/m', 'rate=1/s', 'rate=120/h'];
    const policy = await compile('g, user', ...rates.map((rate) => `p, user, *, **, *, throttle, ${rate}`));
    // 2 a minute is 120 an hour, but in smaller bursts.
    expect(decide(policy, { roles: ['user'], action: 'exec' }).rule?.obligation).toBe('rate=100/h');
    const without = await compile('g, user', ...rates.slice(1).map((rate) => `p, user, *, **, *, throttle, ${rate}`));
    expect(decide(without, { roles: ['user'], action: 'exec' }).rule?.obligation).toBe('rate=2/m');
  });

  it('looks at the schema column only when there is a schema', async () => {
    const policy = await compile('g, user', 'p, user, command:*, http://a/**, file:///schemas/public-*, allow');
    const asked = { roles: ['user'], action: 'command:fetch', uri: uri('http://a/x') };
    expect(decide(policy, asked).effect).toBe('ALLOW');
    expect(decide(policy, { ...asked, schema: uri('file:///schemas/public-a') }).effect).toBe('ALLOW');
    expect(decide(policy, { ...asked, schema: uri('file:///schemas/secret') }).effect).toBe('DENY');
  });

  it('denies who has no role that the policy knows, and says so', async () => {
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

  it('is not fooled by a role or an action that spells several', async () => {
    const policy = await compile('g, a', 'g, b', 'p, a, exec, **, *, allow', 'p, b, exec, **, *, allow');
    expect(decide(policy, { roles: ['a', 'b'], action: 'exec' }).effect).toBe('ALLOW');
    expect(decide(policy, { roles: ['a,b'], action: 'exec' }).effect).toBe('DENY');
    expect(decide(policy, { roles: ['a\nb'], action: 'exec' }).effect).toBe('DENY');
    expect(decide(policy, { roles: ['b'], action: 'exec\na' }).effect).toBe('DENY');
  });

  it('shows each caller its own roles when it remembers an answer', async () => {
    const policy = await compile('g, user', 'p, user, *, **, *, allow');
    expect(decide(policy, { roles: ['user', 'x'], action: 'exec' }).roles).toEqual(['user', 'x']);
    expect(decide(policy, { roles: ['y', 'user'], action: 'exec' }).roles).toEqual(['y', 'user']);
    expect(policy.decisionCache.size).toBe(1);
  });

  it('remembers a bounded number of answers and no long URIs', async () => {
    const policy = await compile('g, user', 'p, user, *, http://a/**, *, allow');
    const fetching = (path: string) =>
      decide(policy, { roles: ['user'], action: 'command:fetch', uri: uri(`http://a/${path}`) });
    expect(fetching('x'.repeat(10_000)).effect).toBe('ALLOW');
    expect(policy.decisionCache.size).toBe(0);
    for (let i = 0; i < 10_100; i += 1) fetching(String(i));
    expect(policy.decisionCache.size).toBe(10_000);
  });

  it('denies, and never throws, when something inside fails', async () => {
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
      reason: 'The policy could not decide, so it is denied: out of order',
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

  it('has another snapshot when one character of the model or the rules is another', async () => {
    const text = { model, rules: 'g, user\np, user, *, **, *, allow' };
    const { snapshot } = await compilePolicy(text);
    expect(snapshot).toMatch(/^[0-9a-f]{64}$/);
    expect((await compilePolicy(text)).snapshot).toBe(snapshot);
    expect((await compilePolicy({ ...text, rules: `${text.rules}\n` })).snapshot).not.toBe(snapshot);
    expect((await compilePolicy({ ...text, model: `${model}\n` })).snapshot).not.toBe(snapshot);
  });
});
