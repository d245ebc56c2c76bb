import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../support/outcome.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const RUN = 'run { id state error { code } steps { state decision { effect reason } } }';
const REFUSAL =
  '... on Refusal { code message retryAfterMs decision { effect reason canonicalUri rule { id comment } snapshot } }';
const EXECUTE = `mutation ($input: ExecuteInput!) { execute(input: $input) { ... on CommandOutcome { ${RUN} } ${REFUSAL} } }`;
const PIPELINE = `mutation ($input: PipelineInput!) { pipeline(input: $input) { ... on CommandOutcome { ${RUN} } ${REFUSAL} } }`;

let folder: Awaited<ReturnType<typeof createTempFolder>>;
let shipped: string;
let rulesFile: string;
let server: Server;
let web: WebServer;
let tokens: Record<'admin' | 'alice' | 'bob', string>;

/** Adds rules to the shipped ones, as an editor would: a new file replaces the old one. */
async function writeRules(...rules: readonly string[]) {
  await writeFile(`${rulesFile}.new`, [shipped, ...rules, ''].join('\n'));
  await rename(`${rulesFile}.new`, rulesFile);
}

async function applyRules(...rules: readonly string[]) {
  const before = server.logged('policy.reloaded').length;
  await writeRules(...rules);
  await until('the policy is reloaded', () => server.logged('policy.reloaded').length > before);
}

async function execute(who: keyof typeof tokens, command: string, uri: string, more: object = {}) {
  const { data } = await server.query(EXECUTE, { input: { command, source: { uri }, ...more } }, tokens[who]);
  return data.execute;
}

const outcome = (who: keyof typeof tokens, command: string, uri: string, more: object = {}) =>
  outcomeOf(server, tokens[who], command, { source: { uri }, ...more });

beforeAll(async () => {
  folder = await createTempFolder();
  shipped = await readFile('policy/policy.csv', 'utf8');
  rulesFile = join(folder.path, 'policy.csv');
  for (const name of ['data/public', 'schemas']) await mkdir(join(folder.path, name), { recursive: true });
  for (const file of ['data/public/a.json', 'data/secret.json']) await writeFile(join(folder.path, file), '[{"a":1}]');
  for (const name of ['public-a', 'a']) await writeFile(join(folder.path, `schemas/${name}.json`), '{"type":"array"}');
  web = await startWebServer((req, res) => {
    if (req.url === '/public/go') res.writeHead(302, { location: '/private' });
    else if (req.url === '/public/round') res.writeHead(302, { location: '/public/../private' });
    else if (req.url === '/public/on') res.writeHead(302, { location: '/public/here' });
    res.end('[]');
  });
  await writeRules(`p, user, command:fetch, ${web.url}/public/**, *, allow`);
  server = await startServer({
    env: {
      POLICY_FILE: rulesFile,
      ALLOWED_LOCAL_ROOTS: `/data=${folder.path}/data,/schemas=${folder.path}/schemas`,
      ALLOWED_PRIVATE_HOSTS: web.host,
    },
  });
  tokens = {
    admin: await tokenFor('admin', { roles: ['admin'] }),
    alice: await tokenFor('alice', { roles: ['analyst'] }),
    bob: await tokenFor('bob', { roles: ['user'] }),
  };
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
  await folder?.[Symbol.asyncDispose]();
});

describe('the shipped policy', () => {
  const DENIED = 'FORBIDDEN';
  // These names do not resolve, so a permitted request fails as unreachable.
  const TRIED = 'RESOURCE_UNREACHABLE';
  it.each([
    ['fetch', 'data:,x', {}, 'done', 'done', 'done'],
    ['fetch', 'file:///data/public/a.json', {}, 'done', 'done', 'done'],
    ['fetch', 'file:///data/secret.json', {}, 'done', 'done', DENIED],
    ['fetch', 'file:///data/public/../secret.json', {}, 'done', 'done', DENIED],
    ['fetch', 'file:///data/public/%2e%2E/secret.json', {}, 'done', 'done', DENIED],
    ['fetch', 'file:///schemas/a.json', {}, 'done', 'done', DENIED],
    ['fetch', 'file:///etc/passwd', {}, DENIED, DENIED, DENIED],
    ['fetch', 'http://cqrs-data/x', {}, TRIED, TRIED, TRIED],
    ['fetch', 'https://public-data/x', {}, TRIED, TRIED, TRIED],
    ['fetch', 'http://public-data/x', {}, TRIED, TRIED, DENIED],
    ['fetch', 'https://public-data:8443/x', {}, TRIED, TRIED, DENIED],
    ['fetch', 'https://public-data.invalid/x', {}, TRIED, TRIED, DENIED],
    ['convertToJson', 'file:///data/public/a.json', {}, 'done', 'done', 'done'],
    ['convertToBase64', 'file:///data/public/a.json', {}, 'done', 'done', 'done'],
    ['render', 'file:///data/public/a.json', {}, 'done', 'done', 'done'],
    ['convertToCsv', 'file:///data/public/a.json', {}, 'done', 'done', DENIED],
    ['convertToXml', 'file:///data/public/a.json', {}, 'done', 'done', DENIED],
    ['fetch', 'file:///data/public/a.json', { schemaUri: 'file:///schemas/public-a.json' }, 'done', 'done', 'done'],
    ['fetch', 'file:///data/public/a.json', { schemaUri: 'file:///schemas/a.json' }, 'done', 'done', DENIED],
    ['fetch', 'file:///data/public/a.json', { schemaUri: 'data:application/json,true' }, 'done', DENIED, DENIED],
    ['render', 'data:,x', { options: { templateUri: 'file:///data/secret.json' } }, 'done', 'done', DENIED],
  ])('%s %s %j: admin %s, analyst %s, user %s', async (command, uri, more, ...wanted) => {
    const users = ['admin', 'alice', 'bob'] as const;
    expect(await Promise.all(users.map((user) => outcome(user, command, uri, more)))).toEqual(wanted);
  });

  it('applies to queries as to commands', async () => {
    const read = 'query ($uri: URI!) { resources(uris: [$uri]) { text } }';
    const code = async (who: keyof typeof tokens, query: string, variables = {}) =>
      (await server.query(query, variables, tokens[who])).errors?.[0].extensions.code ?? 'done';
    expect(await code('bob', read, { uri: 'file:///data/secret.json' })).toBe('FORBIDDEN');
    expect(await code('bob', read, { uri: 'file:///data/public/a.json' })).toBe('done');
    expect(await code('alice', read, { uri: 'file:///data/secret.json' })).toBe('done');
    expect(await code('bob', '{ policyRules { id } }')).toBe('FORBIDDEN');
    expect(await code('alice', '{ policyRules { id } }')).toBe('done');
    const explain = '{ explainPolicy(input: { role: "admin", action: "command:fetch", uri: "data:,x" }) { effect } }';
    expect(await code('bob', explain)).toBe('FORBIDDEN');
    expect(await code('alice', explain)).toBe('done');
    expect((await server.query(read, { uri: 'data:,x' })).errors?.[0].extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('a denial', () => {
  const uri = 'file:///data/public/../secret.json';
  const canonicalUri = 'file:///data/secret.json';

  it('is recorded as a DENIED run with the decision, and can be explained', async () => {
    const refused = await execute('bob', 'fetch', uri);
    expect(refused).toMatchObject({ code: 'FORBIDDEN', decision: { effect: 'DENY', canonicalUri, rule: null } });
    expect(refused.message).toBe(
      `Denied, because no rule matched: none lets user do command:fetch on ${canonicalUri}.`,
    );

    const { data } = await server.query(
      `{ runs(first: 1, filter: { state: [DENIED] }) { nodes { id state error { code } events { events {
        seq type step ... on PolicyDecided { decision { effect reason canonicalUri snapshot } } ... on RunStateChanged { to }
      } } } } }`,
      {},
      tokens.bob,
    );
    const [run] = data.runs.nodes;
    expect(run).toMatchObject({ state: 'DENIED', error: { code: 'FORBIDDEN' } });
    expect(run.events.events.map(({ type }: { type: string }) => type)).toEqual([
      'RUN_CREATED',
      'POLICY_DECIDED',
      'STEP_STATE_CHANGED',
      'RUN_STATE_CHANGED',
    ]);
    const { reason, snapshot } = refused.decision;
    expect(run.events.events[1].decision).toEqual({ effect: 'DENY', reason, canonicalUri, snapshot });
    const verified = await server.query(`{ verifyRun(id: "${run.id}") { valid events } }`, {}, tokens.bob);
    expect(verified.data.verifyRun).toEqual({ valid: true, events: 4 });

    const explain =
      'query ($input: ExplainPolicyInput!) { explainPolicy(input: $input) { effect reason canonicalUri nearMisses { missed rule { role } } } }';
    const explained = await server.query(explain, { input: { action: 'command:fetch', uri } }, tokens.bob);
    expect(explained.data.explainPolicy).toMatchObject({ effect: 'DENY', canonicalUri });
    expect(explained.data.explainPolicy.reason).toMatch(
      /^Denied, because no rule matched.* Closest: rule_[0-9a-f]{12} \(line \d+\)/,
    );
    expect(explained.data.explainPolicy.nearMisses[0]).toMatchObject({ missed: 'uri', rule: { role: 'user' } });
  });

  it('does not use up an idempotency key: the same request passes after the rules have changed', async () => {
    const key = { idempotencyKey: 'denied-first' };
    expect(await outcome('bob', 'convertToXml', 'file:///data/public/a.json', key)).toBe('FORBIDDEN');
    await applyRules('p, user, command:convertToXml, file:///data/public/**, *, allow');
    expect(await outcome('bob', 'convertToXml', 'file:///data/public/a.json', key)).toBe('done');
    await applyRules(`p, user, command:fetch, ${web.url}/public/**, *, allow`);
  });

  it('of one step of a pipeline prevents all of them', async () => {
    const steps = [
      { command: 'fetch', options: { source: { uri: `${web.url}/public/first` } } },
      { command: 'fetch', options: { source: { uri } } },
      { command: 'convertToBase64', options: { source: { uri: '$previous.output' } } },
    ];
    const { data } = await server.query(PIPELINE, { input: { steps } }, tokens.bob);
    expect(data.pipeline).toMatchObject({ code: 'FORBIDDEN', decision: { canonicalUri } });
    expect(web.hits.filter((hit) => hit.endsWith('/first'))).toEqual([]);
    const denied = await server.query('{ runs(first: 1) { nodes { kind state steps { state } } } }', {}, tokens.bob);
    expect(denied.data.runs.nodes[0]).toMatchObject({ kind: 'PIPELINE', state: 'DENIED' });
  });

  it('of a step that reads the output of the previous one ends the pipeline there', async () => {
    const steps = [
      { command: 'convertToJson', options: { source: { uri: 'data:text/csv,a%0A1' } } },
      { command: 'convertToXml', options: { source: { uri: '$previous.output' } } },
    ];
    const { data } = await server.query(PIPELINE, { input: { steps } }, tokens.bob);
    expect(data.pipeline.code ?? data.pipeline.run.state).toMatch(/FORBIDDEN|DENIED/);
  });

  it('applies to a redirect too, before its target is requested', async () => {
    for (const path of ['go', 'round']) {
      const { run } = await execute('bob', 'fetch', `${web.url}/public/${path}`);
      expect(run).toMatchObject({ state: 'DENIED', error: { code: 'FORBIDDEN' } });
      const events = `{ run(id: "${run.id}") { events(filter: { types: [POLICY_DECIDED] }) { events {
        ... on PolicyDecided { decision { effect canonicalUri } }
      } } } }`;
      const { data } = await server.query(events, {}, tokens.bob);
      expect(data.run.events.events.map(({ decision }: { decision: object }) => decision)).toEqual([
        { effect: 'ALLOW', canonicalUri: `${web.url}/public/${path}` },
        { effect: 'DENY', canonicalUri: `${web.url}/private` },
      ]);
    }
    expect(await outcome('bob', 'fetch', `${web.url}/public/on`)).toBe('done');
    expect(web.hits.filter((hit) => hit.endsWith('/private'))).toEqual([]);
  });
});

describe('rules', () => {
  it('take effect as a whole when their file changes', async () => {
    expect(await outcome('bob', 'fetch', 'file:///data/secret.json')).toBe('FORBIDDEN');
    await applyRules('p, user, command:fetch, file:///data/secret.json, *, allow');
    expect(await outcome('bob', 'fetch', 'file:///data/secret.json')).toBe('done');
    await applyRules(
      'p, user, command:fetch, file:///data/**, *, allow',
      'p, user, *, file:///data/secret.json, *, deny',
    );
    expect(await outcome('bob', 'fetch', 'file:///data/secret.json')).toBe('FORBIDDEN');
  });

  it('that are invalid are refused with their line numbers, and the old rules stay', async () => {
    const snapshot = async () => {
      const { data } = await server.query(
        '{ explainPolicy(input: { action: "command:fetch" }) { snapshot } }',
        {},
        tokens.bob,
      );
      return data.explainPolicy.snapshot;
    };
    const before = await snapshot();
    const lines = shipped.split('\n').length;
    await writeRules(
      'p, user, command:fetch, **, *, Allow',
      'p, usr, command:fetch, **, *, allow',
      'p, user, command:ftech, **, *, allow',
    );
    const [refused] = await until('the refusal is logged', () => {
      const lines = server.logged('policy.refused');
      return lines.length > 0 && lines;
    });
    const wrong = [lines + 1, lines + 2, lines + 3].map((line) => `/line/${line}`);
    expect(refused.problems.map(({ path }: { path: string }) => path)).toEqual(wrong);
    expect(await snapshot()).toBe(before);
    expect(await outcome('bob', 'fetch', 'https://example.invalid/')).toBe('FORBIDDEN');
  });

  it('may throttle, and then say when to retry', async () => {
    await applyRules('p, user, command:fetch, data:**, *, throttle, rate=2/h, slowly');
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await execute('bob', 'fetch', 'data:,x'));
    expect(answers.map(({ code, run }) => code ?? run.state)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'THROTTLED']);
    const { retryAfterMs, decision } = answers[2];
    expect(retryAfterMs).toBeGreaterThan(1_000_000);
    expect(retryAfterMs).toBeLessThanOrEqual(1_800_000);
    expect(decision).toMatchObject({ effect: 'THROTTLE', rule: { comment: 'slowly' } });
    // A bucket belongs to one caller.
    const eve = await tokenFor('eve', { roles: ['user'] });
    const other = await server.query(EXECUTE, { input: { command: 'fetch', source: { uri: 'data:,x' } } }, eve);
    expect(other.data.execute.run.state).toBe('SUCCEEDED');
  });

  it('may require approval, for which the run then waits', async () => {
    await applyRules('p, user, command:fetch, data:**, *, approve');
    const { run } = await execute('bob', 'fetch', 'data:,x');
    expect(run).toMatchObject({ state: 'WAITING', steps: [{ state: 'WAITING', decision: { effect: 'APPROVE' } }] });
  });
});
