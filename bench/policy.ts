import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newEnforcer, newModelFromString } from 'casbin';
import type { CanonicalUri } from '../src/core/canonical-uri.ts';
import type { Decision, PolicyRequest } from '../src/core/policy.ts';
import { type CompiledPolicy, compilePolicy } from '../src/policy/compile-policy.ts';
import { decide, toEvaluationRequest } from '../src/policy/decide.ts';
import { columnsOf } from '../src/policy/evaluation/casbin-evaluator.ts';
import { matcherFunctions } from '../src/policy/evaluation/matcher-functions.ts';
import { strongestEffect } from '../src/policy/evaluation/strongest-effect.ts';
import { figure, median } from './load/figure.ts';

const SIZES = [10, 100, 1_000, 10_000];
const ROUNDS = 7;
/** Asks in a round; each is a URI of its own when cold. */
const REQUEST_COUNT = 30_000;
const MIXED_URIS = 1_000;
const BASELINE_MS = 2_000;

const COMMANDS = ['fetch', 'convertToJson', 'convertToXml', 'convertToCsv', 'convertToBase64', 'render'];
const model = readFileSync(join(import.meta.dirname, '../policy/model.conf'), 'utf8');

/** Decisions a second, as many rules as named, beside Casbin that scans all of them. */
export async function main(): Promise<void> {
  for (const size of SIZES) {
    const random = seededRandom(size);
    const policy = await compilePolicy({ model, rules: rulesText(size) });
    const plain = await openBaseline(policy);
    const coldAsks = () => Array.from({ length: REQUEST_COUNT }, () => randomAsk(size, random));
    const pool = Array.from({ length: MIXED_URIS }, () => randomAsk(size, random));
    const mixedAsks = () =>
      Array.from({ length: REQUEST_COUNT }, () => pool[zipf(MIXED_URIS, random)] as PolicyRequest);
    const peer = { name: 'casbin over all rules', value: baselineRate(plain, coldAsks()) };

    for (const [workload, asks] of Object.entries({ cold: coldAsks, mixed: mixedAsks })) {
      policy.decisionCache.clear();
      const rates = Array.from({ length: ROUNDS }, () => {
        const round = asks();
        const began = performance.now();
        for (const ask of round) decide(policy, ask);
        return (REQUEST_COUNT * 1_000) / (performance.now() - began);
      });
      const metric = `decisions, ${size} rules, ${workload}`;
      figure({ bench: 'policy', metric, value: median(rates), unit: '1/s', n: ROUNDS * REQUEST_COUNT, peer });
    }
    expectAgreement(policy, plain, coldAsks().slice(0, 50));
  }
}

type BaselineDecider = (ask: PolicyRequest) => boolean;

/** Casbin as anybody would use it: the same model, functions and rules, nothing narrowed, nothing remembered. */
async function openBaseline(policy: CompiledPolicy): Promise<BaselineDecider> {
  const enforcer = await newEnforcer(newModelFromString(model));
  enforcer.setEffector(strongestEffect);
  for (const [name, apply] of Object.entries(matcherFunctions(policy, enforcer)))
    await enforcer.addFunction(name, apply);
  const definition = enforcer.getModel().model.get('p')?.get('p');
  if (definition) definition.policy = policy.rules.map(columnsOf);
  for (const [role, parents] of policy.roles) {
    for (const parent of parents) await enforcer.getRoleManager().addLink(role, parent);
  }
  return (ask) => {
    const { roles, action, uri, schema } = toEvaluationRequest(ask);
    return enforcer.enforceSync(roles, action, uri, schema);
  };
}

function baselineRate(plain: BaselineDecider, asks: readonly PolicyRequest[]): number {
  const began = performance.now();
  let done = 0;
  for (; done < asks.length && performance.now() - began < BASELINE_MS; done += 1) plain(asks[done] as PolicyRequest);
  return (done * 1_000) / (performance.now() - began);
}

/** A fast wrong answer is worth nothing. */
function expectAgreement(policy: CompiledPolicy, plain: BaselineDecider, asks: readonly PolicyRequest[]): void {
  const effects = new Set<Decision['effect']>();
  for (const ask of asks) {
    const { effect } = decide(policy, ask);
    effects.add(effect);
    if ((effect === 'ALLOW') !== plain(ask)) throw new Error(`Casbin disagrees on ${JSON.stringify(ask)}`);
  }
  if (effects.size < 2) throw new Error('The asks all get the same answer; they measure nothing.');
}

/**
 * What a company's policy may look like: teams with hosts and folders of their own, some shared by wildcards, some
 * paths closed, some needing a person or a limit.
 */
function rulesText(size: number): string {
  const teams = teamsOf(size);
  const roles = Array.from({ length: teams }, (_, team) => `g, team${team}, staff`);
  const rules = Array.from({ length: size }, (_, i) => {
    const team = i % teams;
    const command = i % 3 === 0 ? 'command:*' : commandOf(i);
    const role = i % 10 === 9 ? 'staff' : `team${team}`;
    const uri = [
      `https://api-${i}.team${team}.example/**`,
      `https://*.team${team}.example/v${i}/**`,
      `http://data-${i}/public/** | https://data-${i}/public/**`,
      `file:///data/team${team}/set${i}/**`,
      `https://api-${i}.team${team}.example/private/**`,
    ][i % 5];
    const effect = ['allow', 'allow', 'allow', 'allow', i % 2 ? 'deny' : 'approve'][i % 5];
    return `p, ${role}, ${command}, ${uri}, ${i % 7 ? '*' : 'file:///schemas/**'}, ${effect}`;
  });
  return ['g, staff', ...roles, ...rules].join('\n');
}

const commandOf = (i: number) => `command:${COMMANDS[i % COMMANDS.length]}`;
const teamsOf = (size: number) => Math.max(2, Math.round(size / 50));

/** Someone of a team asks for something that a rule, likely their own, is about; the path is new every time. */
function randomAsk(size: number, random: () => number): PolicyRequest {
  const i = Math.floor(random() * size);
  const team = i % teamsOf(size);
  const asking = random() < 0.8 ? team : Math.floor(random() * teamsOf(size));
  const file = `r${Math.floor(random() * 1e12)}.json`;
  const uri = [
    httpUri(`api-${i}.team${team}.example`, `/items/${file}`),
    httpUri(`host${i}.team${team}.example`, `/v${i}/${file}`),
    httpUri(`data-${i}`, `/public/2026/11/${file}`),
    fileUri(`/data/team${team}/set${i}/${file}`),
    httpUri(`api-${i - 4}.team${team}.example`, `/private/${file}`),
  ][i % 5] as CanonicalUri;
  const action = commandOf(random() < 0.8 ? i : Math.floor(random() * COMMANDS.length));
  return { roles: [`team${asking}`], action, uri };
}

const httpUri = (host: string, path: string) => ({
  href: `https://${host}${path}`,
  scheme: 'https',
  host,
  port: '',
  path,
  query: '',
});

const fileUri = (path: string) => ({ href: `file://${path}`, scheme: 'file', host: '', port: '', path, query: '' });

/** The first of `count` things is asked for most, the k-th a k-th as often. */
function zipf(count: number, random: () => number): number {
  return Math.min(count - 1, Math.floor((count + 1) ** random()) - 1);
}

/** The same numbers in every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
