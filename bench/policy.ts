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
import { type BenchOptions, figure, median } from './load/figure.ts';

const SIZES = { full: [10, 100, 1_000, 10_000], quick: [100, 1_000] };
const ROUNDS = 7;
/** Requests in a round; when cold, each has another URI. */
const REQUEST_COUNT = 30_000;
const MIXED_URIS = 1_000;
const BASELINE_MS = 2_000;

const COMMANDS = ['fetch', 'convertToJson', 'convertToXml', 'convertToCsv', 'convertToBase64', 'render'];
const model = readFileSync(join(import.meta.dirname, '../policy/model.conf'), 'utf8');

/** Decisions per second for each number of rules, compared with Casbin, which scans all of them. */
export async function main({ quick }: BenchOptions): Promise<void> {
  for (const size of quick ? SIZES.quick : SIZES.full) {
    const random = seededRandom(size);
    const policy = await compilePolicy({ model, rules: rulesText(size) });
    const baseline = await openBaseline(policy);
    const coldRequests = () => Array.from({ length: REQUEST_COUNT }, () => randomRequest(size, random));
    const pool = Array.from({ length: MIXED_URIS }, () => randomRequest(size, random));
    const mixedRequests = () =>
      Array.from({ length: REQUEST_COUNT }, () => pool[zipf(MIXED_URIS, random)] as PolicyRequest);
    const peer = { name: 'casbin over all rules', value: baselineRate(baseline, coldRequests()) };

    for (const [workload, createRequests] of Object.entries({ cold: coldRequests, mixed: mixedRequests })) {
      const rates = Array.from({ length: ROUNDS }, () => {
        const requests = createRequests();
        const began = performance.now();
        for (const request of requests) decide(policy, request);
        return (REQUEST_COUNT * 1_000) / (performance.now() - began);
      });
      const metric = `decisions, ${size} rules, ${workload}`;
      figure({ bench: 'policy', metric, value: median(rates), unit: '1/s', n: ROUNDS * REQUEST_COUNT, peer });
    }
    expectAgreement(policy, baseline, coldRequests().slice(0, 50));
  }
}

type BaselineDecider = (request: PolicyRequest) => boolean;

/** Casbin in its ordinary use: the same model, functions and rules, without an index or a cache. */
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
  return (request) => {
    const { roles, action, uri, schema } = toEvaluationRequest(request);
    return enforcer.enforceSync(roles, action, uri, schema);
  };
}

function baselineRate(baseline: BaselineDecider, requests: readonly PolicyRequest[]): number {
  const began = performance.now();
  let done = 0;
  for (; done < requests.length && performance.now() - began < BASELINE_MS; done += 1)
    baseline(requests[done] as PolicyRequest);
  return (done * 1_000) / (performance.now() - began);
}

/** A fast wrong decision is worthless. */
function expectAgreement(policy: CompiledPolicy, baseline: BaselineDecider, requests: readonly PolicyRequest[]): void {
  const effects = new Set<Decision['effect']>();
  for (const request of requests) {
    const { effect } = decide(policy, request);
    effects.add(effect);
    if ((effect === 'ALLOW') !== baseline(request)) throw new Error(`Casbin disagrees on ${JSON.stringify(request)}`);
  }
  if (effects.size < 2) throw new Error('All requests get the same decision, so they measure nothing.');
}

/**
 * A policy such as a company may have: teams with separate hosts and folders, some shared by wildcards, some paths
 * denied, some with approval.
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

/** A request of a team member for a URI that a rule, probably of the team, covers; the path is new every time. */
function randomRequest(size: number, random: () => number): PolicyRequest {
  const i = Math.floor(random() * size);
  const team = i % teamsOf(size);
  const askingTeam = random() < 0.8 ? team : Math.floor(random() * teamsOf(size));
  const file = `r${Math.floor(random() * 1e12)}.json`;
  const uri = [
    httpUri(`api-${i}.team${team}.example`, `/items/${file}`),
    httpUri(`host${i}.team${team}.example`, `/v${i}/${file}`),
    httpUri(`data-${i}`, `/public/2026/11/${file}`),
    fileUri(`/data/team${team}/set${i}/${file}`),
    httpUri(`api-${i - 4}.team${team}.example`, `/private/${file}`),
  ][i % 5] as CanonicalUri;
  const action = commandOf(random() < 0.8 ? i : Math.floor(random() * COMMANDS.length));
  return { roles: [`team${askingTeam}`], action, uri };
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

/** A random index below `count`: the k-th is drawn 1/k times as often as the first. */
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
