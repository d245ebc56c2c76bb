import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { credentials, loadPackageDefinition, Metadata, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const PROTO = resolve(import.meta.dirname, '../../src/cap/proto');
const RULES = `
p, lead, query:explainPolicy, **, *, allow
g, lead
p, lead, job:builds.*, **, *, allow
p, lead, job:builds.release, **, *, approve
p, lead, job:builds.nightly, **, *, throttle, rate=1/h
p, user, job:echo, https://data.example/**, *, allow
`;

type Answer = Readonly<Record<string, unknown>>;

let server: Server;
let folder: Awaited<ReturnType<typeof createTempFolder>>;
let lead: string;
let client: InstanceType<ServiceClientConstructor>;
beforeAll(async () => {
  folder = await createTempFolder();
  const rules = join(folder.path, 'policy.csv');
  const shipped = await readFile(resolve(import.meta.dirname, '../../policy/policy.csv'), 'utf8');
  await writeFile(rules, shipped + RULES);
  server = await startServer({ env: { SAFETY_KERNEL_PORT: '0', POLICY_FILE: rules } });
  lead = await tokenFor('lead', { roles: ['lead'] });
  client = connect(await portOf(server));
});
afterAll(async () => {
  client.close();
  await server.stop();
  await folder[Symbol.asyncDispose]();
});

/** Its log arrives separately from the line that says where it listens. */
const portOf = (started: Server): Promise<number> =>
  until('the safety kernel listens', () => started.logged('safety_kernel.started')[0]?.port);

/** The service as another library reads its definition. */
function connect(port: number): InstanceType<ServiceClientConstructor> {
  const definition = loadSync('cordum/agent/v1/safety.proto', {
    includeDirs: [PROTO],
    keepCase: true,
    enums: String,
    defaults: true,
  });
  // biome-ignore lint/suspicious/noExplicitAny: the library types a package as a tree of unknown depth
  const { cordum } = loadPackageDefinition(definition) as any;
  return new cordum.agent.v1.SafetyKernel(`127.0.0.1:${port}`, credentials.createInsecure());
}

/** @returns the answer, or the code and the message of the error */
function call(method: string, request: object, token: string | undefined = lead): Promise<Answer> {
  const metadata = new Metadata();
  if (token) metadata.set('authorization', `Bearer ${token}`);
  return new Promise((done) => {
    client[method]?.(request, metadata, (error: { code: number; details: string } | null, answer: Answer) =>
      done(error ? { code: error.code, details: error.details } : answer),
    );
  });
}

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

describe('the safety kernel', () => {
  it('allows a job, and names the rule and the policy that did', async () => {
    const answer = await call('Check', { job_id: 'j', topic: 'job.builds.app', tenant: 'default' });
    expect(answer).toMatchObject({ decision: 'DECISION_TYPE_ALLOW', approval_required: false });
    expect(answer.rule_id).toMatch(/^rule_[0-9a-f]{12}$/);
    expect((await call('ListSnapshots', {})).snapshots).toEqual([answer.policy_snapshot]);
  });

  it('denies what no rule allows, with the reason', async () => {
    const answer = await call('Check', { topic: 'job.deploy' });
    expect(answer).toMatchObject({ decision: 'DECISION_TYPE_DENY', rule_id: '' });
    expect(answer.reason).toContain('none lets lead do job:deploy');
  });

  it('requires a person where the policy does', async () => {
    const answer = await call('Evaluate', { topic: 'job.builds.release' });
    expect(answer).toMatchObject({ decision: 'DECISION_TYPE_REQUIRE_HUMAN', approval_required: true });
  });

  it('allows as many jobs as a rate does, and counts only checks', async () => {
    const ask = (method: string) => call(method, { topic: 'job.builds.nightly' });
    for (const method of ['Simulate', 'Explain', 'Simulate'])
      expect((await ask(method)).decision).toBe('DECISION_TYPE_THROTTLE');
    expect((await ask('Check')).decision).toBe('DECISION_TYPE_ALLOW');
    const second = await ask('Check');
    expect(second.decision).toBe('DECISION_TYPE_THROTTLE');
    expect(second.reason).toContain('rate=1/h');
  });

  it('explains which rules almost matched', async () => {
    const { reason } = await call('Explain', {
      topic: 'job.echo',
      principal_id: 'dev:bob',
      input_ref: { uri: 'https://other.example/a' },
    });
    expect(reason).toMatch(/Rules that almost matched: rule_[0-9a-f]{12} \(not its uri\)/);
  });

  it('decides for the account that a job is for, and on the URI of its input', async () => {
    const check = (uri: string) => call('Check', { topic: 'job.echo', principal_id: 'dev:bob', input_ref: { uri } });
    expect((await check('https://data.example/a/../b')).decision).toBe('DECISION_TYPE_ALLOW');
    expect((await check('https://other.example/a')).decision).toBe('DECISION_TYPE_DENY');
    expect((await call('Check', { topic: 'job.builds.app', principal_id: 'dev:bob' })).decision).toBe(
      'DECISION_TYPE_DENY',
    );
  });

  it.each([
    ['a subject that is not a topic', { topic: 'sys.job.result' }, INVALID_ARGUMENT],
    ['a wildcard', { topic: 'job.>' }, INVALID_ARGUMENT],
    ['an input that is not a URI', { topic: 'job.echo', input_ref: { uri: 'not a uri' } }, INVALID_ARGUMENT],
    ['another tenant', { topic: 'job.echo', tenant: 'other' }, PERMISSION_DENIED],
    ['another tenant in the metadata', { topic: 'job.echo', meta: { tenant_id: 'other' } }, PERMISSION_DENIED],
    ['somebody who is not known', { topic: 'job.echo', principal_id: 'nobody' }, NOT_FOUND],
  ])('does not answer about %s', async (_, request, code) => {
    for (const method of ['Check', 'Evaluate', 'Explain', 'Simulate']) {
      expect(await call(method, request)).toEqual({ code, details: expect.any(String) });
    }
  });

  it('answers only callers with a valid token and permission to ask', async () => {
    const user = await tokenFor('bob', { roles: ['user'] });
    for (const method of ['Check', 'Evaluate', 'Explain', 'Simulate', 'ListSnapshots']) {
      expect(await call(method, { topic: 'job.echo' }, '')).toMatchObject({ code: UNAUTHENTICATED });
      expect(await call(method, { topic: 'job.echo' }, `${lead}x`)).toMatchObject({ code: UNAUTHENTICATED });
      expect(await call(method, { topic: 'job.echo' }, user)).toMatchObject({ code: PERMISSION_DENIED });
    }
  });

  it('refuses a call that is too large', async () => {
    const answer = await call('Check', { topic: 'job.echo', effective_config: Buffer.alloc(2 * 2 ** 20) });
    expect(answer).toMatchObject({ code: expect.any(Number) });
    expect((await call('Check', { topic: 'job.builds.app' })).decision).toBe('DECISION_TYPE_ALLOW');
  });

  it('ends with the server, also while a client is connected', async () => {
    await using other = await startServer({ env: { SAFETY_KERNEL_PORT: '0' } });
    const connected = connect(await portOf(other));
    await new Promise((done) => connected.ListSnapshots?.({}, new Metadata(), done));
    await other.stop();
    expect(await other.ended).toBe(0);
    connected.close();
  });
});
