import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Fault } from '../core/errors.ts';
import { readEnvironment } from './environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings = (env: Record<string, string> = {}) => readEnvironment({ DATA_DIR: join(folder, 'data'), ...env });
/** Names of the invalid variables. */
function refused(env: Record<string, string>): readonly string[] {
  try {
    settings(env);
    return [];
  } catch (error) {
    return (error as Fault).violations.map(({ path }) => path.slice(1));
  }
}
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('by default', () => {
  it('nothing runs outside a sandbox, there is no model and no named secret, and all steps run in this process', () => {
    const { sandbox, agents, secrets, pools, tools } = settings();
    expect(sandbox).toMatchObject({ allowUnsandboxed: false, python: 'auto' });
    expect(agents).toEqual({ timeoutMs: 600_000, tokens: { perRun: 1_000_000, perPrincipalDay: 10_000_000 } });
    expect([secrets.size, pools]).toEqual([0, { default: { runtime: 'inline' } }]);
    expect(tools).not.toHaveProperty('webhook');
  });

  it('the key that encrypts credentials is created once', () => {
    const [first, again] = [settings(), settings()].map(({ credentialsKey }) => credentialsKey.reveal());
    expect(first).toEqual(again);
    expect(first?.length).toBeGreaterThanOrEqual(32);
  });
});

describe('the language model', () => {
  it('is an endpoint, a model and an optional key', () => {
    const { llm } = settings({ LLM_API_BASE: 'https://models.example/v1', LLM_MODEL: 'm', LLM_API_KEY: 'k' }).agents;
    expect(llm).toMatchObject({ apiBase: 'https://models.example/v1', model: 'm' });
    expect(JSON.stringify(llm)).toContain('[secret]');
  });

  it('requires both endpoint and model', () => {
    expect(refused({ LLM_MODEL: 'm' })).toEqual(['LLM_MODEL']);
    expect(refused({ LLM_API_KEY: 'k' })).toEqual(['LLM_API_KEY']);
  });
});

describe('named secrets', () => {
  it('are the variables with the prefix SECRET_, from the environment or a file', () => {
    const path = file('token', 'from a file\n');
    const { secrets } = settings({ SECRET_ONE: 'one', SECRET_TWO_FILE: path, OTHER: 'x' });
    const revealed = [...secrets].map(([name, secret]) => [name, Buffer.from(secret.reveal()).toString()]);
    expect(revealed).toEqual([
      ['ONE', 'one'],
      ['TWO', 'from a file'],
    ]);
  });
});

describe('an incomplete setting', () => {
  it.each([
    { GOOGLE_CLIENT_ID: 'id' },
    { NOTIFY_WEBHOOK_URL: 'https://hooks.example/x' },
    { SEARXNG_URL: 'https://s.example', BRAVE_API_KEY: 'k' },
    { NOTIFY_WEBHOOK_URL: 'https://hooks.example/x', NOTIFY_WEBHOOK_SECRET: 'short' },
  ])('is rejected as %o', (env) => {
    expect(refused(env)).toHaveLength(1);
  });
});

describe('pools', () => {
  it('define where their steps run, with default limits', () => {
    const POOLS_FILE = file(
      'pools.yaml',
      'py: { runtime: process, command: [python3, /srv/worker.py], env: { A: b }, read_paths: [/srv] }\n' +
        'big: { runtime: docker, image: "worker:1", network: true }\n',
    );
    const { pools } = settings({ POOLS_FILE });
    expect(pools).toMatchObject({
      default: { runtime: 'inline' },
      py: { runtime: 'process', readPaths: ['/srv'], hosts: [], limits: { memory_mib: 2_048, processes: 64 } },
      big: { runtime: 'docker', network: true, command: [], env: {} },
    });
  });

  it.each([
    'py: { runtime: fast }',
    'py: { runtime: process, command: x }',
    '"a b": { runtime: inline }',
    '[',
    'py: 1',
  ])('are rejected as %s', (text) => {
    expect(refused({ POOLS_FILE: file('bad.yaml', text) })).toEqual(['POOLS_FILE']);
  });

  it('are rejected when the file does not exist', () => {
    expect(refused({ POOLS_FILE: join(folder, 'none.yaml') })).toEqual(['POOLS_FILE']);
  });
});
