import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newEnforcer, newModelFromString } from 'casbin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { PolicyEffect, PolicyRequest } from '../core/policy.ts';
import { canonicalJson } from '../lib/json.ts';
import { compilePolicy } from './compile-policy.ts';
import { decide } from './decide.ts';

const model = readFileSync(join(import.meta.dirname, '../../policy/model.conf'), 'utf8');
const compile = (...lines: string[]) => compilePolicy({ model, rules: lines.join('\n') });

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

/** Segments of canonical URIs, of which some look like wildcards, separators or members of objects. */
const SEGMENTS = ['x', 'y', '', 'xy', 'x', 'y', '%2A', '%C3%A9', '%252', '~', '__proto__'];
const LABELS = ['a', 'b', 'a-b', 'a', 'b', 'xn--bcher-kva'];
const segments = (more: readonly string[]) =>
  fc.array(fc.constantFrom(...SEGMENTS, ...more), { minLength: 1, maxLength: 4 });
const hosts = (...more: readonly string[]) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.array(fc.constantFrom(...LABELS, ...more), { minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom(['[::1]'], ['[1:2::]'], ['127', '0', '0', '1']) },
  );
/** The second has no port and no host, the third no slashes. */
const parts = (
  host: fc.Arbitrary<readonly string[]>,
  ports: readonly string[],
  path: fc.Arbitrary<readonly string[]>,
) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ scheme: fc.constantFrom('http', 'https'), host, port: fc.constantFrom(...ports), path }),
    },
    fc.record({ scheme: fc.constant('file'), host: fc.constant(['']), port: fc.constant(''), path }),
    fc.record({
      scheme: fc.constant('memory'),
      host: fc.constant(['']),
      port: fc.constant(''),
      path: path.filter(([first]) => first !== ''),
    }),
  );
const WILD_SEGMENTS = ['*', '*', 'x*', '*y', '**', '**', '**'];
const glob: fc.Arbitrary<Glob> = parts(
  hosts('*', '*', 'a*', '**', '**', '**'),
  ['', '', '*', '8080'],
  segments(WILD_SEGMENTS),
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
/** Each line has a role, then a later one that it inherits, so that there is no cycle. */
const link = fc
  .tuple(fc.nat(3), fc.nat(3))
  .filter(([a, b]) => a < b)
  .map(([a, b]) => [ROLES[a], ROLES[b]] as [string, string]);

const target = parts(
  // Hosts that no rule can be written for.
  fc.oneof(
    { weight: 9, arbitrary: hosts() },
    { weight: 1, arbitrary: fc.constantFrom(['', 'a'], ['a', '', 'b'], ['']) },
  ),
  ['', '', '8080', '81'],
  segments([]),
).map(
  (one): CanonicalUri => ({
    href: textOf(one),
    scheme: one.scheme,
    host: one.host.join('.'),
    port: one.port,
    path: one.scheme === 'memory' ? one.path.join('/') : `/${one.path.join('/')}`,
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
  if (scheme === 'memory') return `memory:${path.join('/')}`;
  return `${scheme}://${host.join('.')}${port === '' ? '' : `:${port}`}/${path.join('/')}`;
}

function lineOf({ role, action, uri, schema, effect, rate }: Rule): string {
  const obligation = effect === 'THROTTLE' ? `rate=${rate}/m` : '';
  return `p, ${role}, ${action}, ${uri.map(textOf).join(' | ')}, ${textOf(schema)}, ${effect.toLowerCase()}, ${obligation}`;
}

/** The rules differ: a duplicate is rejected. */
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
    roles.some((own) => heirs.get(own)?.includes(role)),
  );
  await enforcer.addFunction('acts', (action: string, pattern: string) =>
    new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(action),
  );
  await enforcer.addFunction('covers', (uri: CanonicalUri | undefined, schema: CanonicalUri | undefined, i: string) => {
    const rule = all[Number(i)] as Rule;
    return rule.uri.some((g) => naive(g, uri)) && (schema === undefined || naive(rule.schema, schema));
  });
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

function naive(glob: Glob | '**', uri: CanonicalUri | undefined): boolean {
  if (glob === '**') return true;
  if (uri === undefined || glob.scheme !== uri.scheme || (glob.port !== '*' && glob.port !== uri.port)) return false;
  return (
    list(glob.host, uri.host.startsWith('[') ? [uri.host] : uri.host.split('.')) &&
    list(glob.path, uri.path.replace(/^\//, '').split('/'))
  );
}

function list([first, ...rest]: readonly string[], items: readonly string[]): boolean {
  if (first === undefined) return items.length === 0;
  if (first === '**') return list(rest, items) || (items.length > 0 && list([first, ...rest], items.slice(1)));
  const [item, ...others] = items;
  if (item === undefined || (item === '') !== (first === '')) return false;
  return new RegExp(`^${RegExp.escape(first).replaceAll('\\*', '.*')}$`).test(item) && list(rest, others);
}

describe('deciding', () => {
  it('decides like plain Casbin over all rules, asked before or not', async () => {
    const seen = new Set<string>();
    const property = fc.asyncProperty(
      rules,
      fc.array(link, { maxLength: 4 }),
      fc.array(ask, { minLength: 10, maxLength: 30 }),
      async (all, links, asks) => {
        const policy = await compile(...head(links), ...all.map(lineOf));
        const plain = await plainCasbin(all, links);
        for (const one of [...asks, ...asks]) {
          const decision = decide(policy, one);
          const { effect, rule } = decision;
          expect(effect).toBe(plain(one));
          // As the journal records it.
          expect(JSON.stringify(decision)).toBe(canonicalJson(decision));
          seen.add(rule ? effect : 'nothing matched');
        }
      },
    );
    await fc.assert(property, { numRuns: 300 });
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
        for (const request of asks) {
          const [a, b] = [decide(one, request), decide(other, request)];
          expect([a.effect, a.rule?.obligation]).toEqual([b.effect, b.rule?.obligation]);
        }
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });
});
