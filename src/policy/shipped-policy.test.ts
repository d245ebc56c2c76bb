import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { PolicyEffect } from '../core/policy.ts';
import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import { decide } from './decide.ts';
import { ENGINE_ACTIONS } from './globs/action-glob.ts';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../../policy', file), 'utf8');

const COMMANDS = [
  'fetch',
  'convertToJson',
  'convertToXml',
  'convertToCsv',
  'convertToBase64',
  'render',
  'uploadArtifact',
];
const TOOLS = [
  ...['web.search', 'drive.search', 'drive.get', 'drive.download', 'drive.upload', 'python.run', 'notify.send'],
  ...['repo.git.init', 'repo.git.add_all', 'repo.git.commit', 'repo.git.branch', 'repo.git.push'],
];
const BACKENDS = ['mcp', 'litellm', 'bash_cli', 'http_api', 'websocket'];
const QUERIES = [
  'resources',
  'catalog',
  'artifact',
  'runs',
  'workflows',
  'deadLetters',
  'webhooks',
  'treeConsistency',
  'quotas',
  'server',
  'policyRules',
  'explainPolicy',
];
const CAPABILITIES = [
  ...COMMANDS.map((name) => `command:${name}`),
  ...QUERIES.map((name) => `query:${name}`),
  ...TOOLS.map((name) => `tool:${name}`),
  ...BACKENDS.map((name) => `agent:${name}`),
  'secret:TOKEN',
];
const ACTIONS = [...CAPABILITIES, ...ENGINE_ACTIONS, 'workflow:any'];

let policy: CompiledPolicy;

beforeAll(async () => {
  policy = await compilePolicy({ model: read('model.conf'), rules: read('policy.csv') }, CAPABILITIES);
});

function uri(href: string): CanonicalUri {
  if (href.startsWith('redis://')) {
    return { href, scheme: 'redis', host: '', port: '', path: href.slice('redis://'.length), query: '' };
  }
  const { protocol, hostname, port, pathname } = new URL(href);
  return { href, scheme: protocol.slice(0, -1), host: hostname, port, path: pathname, query: '' };
}

function effect(role: string, action: string, href?: string, schema?: string): PolicyEffect {
  const request = { roles: [role], action, ...(href && { uri: uri(href) }), ...(schema && { schema: uri(schema) }) };
  return decide(policy, request).effect;
}

function may(...request: Parameters<typeof effect>): boolean {
  return effect(...request) === 'ALLOW';
}

const EVERYWHERE = [
  'http://cqrs-data/x.csv',
  'https://public-data/x.csv',
  'file:///data/public/x.csv',
  'data:text/csv',
  'artifact:sha256/00ff',
];
const ANALYSTS = [
  'http://127.0.0.1:4571/x.csv',
  'https://api.example.com/x?y=z',
  'https://[2001:db8::1]/x',
  'file:///data/private/x.csv',
  'file:///schemas/row.json',
];

describe('the shipped policy', () => {
  it('permits admin everything', () => {
    for (const action of ACTIONS) expect(may('admin', action)).toBe(true);
    for (const href of [...EVERYWHERE, ...ANALYSTS, 'file:///etc/passwd', 'run:tenant']) {
      expect(may('admin', 'command:fetch', href)).toBe(true);
    }
    expect(may('admin', 'command:convertToJson', 'data:text/csv', 'https://any.example/schema')).toBe(true);
  });

  it('permits analyst every command and query on the web, the sample data, the schemas and the output of runs', () => {
    for (const href of [...EVERYWHERE, ...ANALYSTS]) {
      for (const name of COMMANDS)
        expect([href, name, may('analyst', `command:${name}`, href)]).toEqual([href, name, true]);
      expect(may('analyst', 'query:resources', href)).toBe(true);
    }
    for (const href of ['file:///etc/passwd', 'run:tenant', 'ftp://host/x']) {
      expect(may('analyst', 'command:fetch', href)).toBe(false);
    }
  });

  it('lets nobody but admin read keys of Redis and objects of S3', () => {
    for (const href of ['redis://ctx:job_1', 'redis://http://public-data/x', 's3://bucket/key', 's3://public-data/x']) {
      for (const action of [...COMMANDS.map((name) => `command:${name}`), 'query:resources', 'query:artifact']) {
        expect(may('admin', action, href)).toBe(true);
        for (const role of ['analyst', 'user']) expect(may(role, action, href)).toBe(false);
      }
    }
  });

  it('lets analyst use schemas of hosts named schemas and of the schema folder only', () => {
    const checked = (schema: string) => may('analyst', 'command:convertToJson', 'data:text/csv', schema);
    for (const schema of ['http://schemas/a', 'https://schemas/a/b', 'file:///schemas/a.json']) {
      expect(checked(schema)).toBe(true);
    }
    for (const schema of [
      'http://schemas.example.com/a',
      'http://schemas:81/a',
      'file:///data/a.json',
      'data:text/x',
    ]) {
      expect(checked(schema)).toBe(false);
    }
  });

  it('permits user four commands and the public queries on public resources', () => {
    for (const href of EVERYWHERE) {
      for (const name of ['fetch', 'convertToJson', 'convertToBase64', 'render']) {
        expect([href, name, may('user', `command:${name}`, href)]).toEqual([href, name, true]);
      }
      for (const name of ['convertToXml', 'convertToCsv', 'uploadArtifact']) {
        expect(may('user', `command:${name}`, href)).toBe(false);
      }
      expect(may('user', 'query:resources', href)).toBe(true);
    }
    for (const href of ANALYSTS) expect(may('user', 'command:fetch', href)).toBe(false);
  });

  it.each([
    'http://cqrs-data:8080/x',
    'https://cqrs-data/x',
    'http://public-data/x',
    'https://public-data:8443/x',
    'https://public-evil.attacker.example/x',
    'http://cqrs-data.attacker.example/x',
    'file:///data/publicity/x',
    'file:///schemas/public-row.json',
  ])('denies user %s', (href) => {
    expect(may('user', 'command:fetch', href)).toBe(false);
  });

  it('lets user check data against public schemas only', () => {
    expect(may('user', 'command:convertToJson', 'data:text/csv', 'file:///schemas/public-row.json')).toBe(true);
    expect(may('user', 'command:convertToJson', 'data:text/csv', 'file:///schemas/row.json')).toBe(false);
    expect(may('user', 'command:convertToJson', 'data:text/csv', 'file:///schemas/public-/row.json')).toBe(false);
  });

  it('shows admin the runs of the tenant, and other roles their own', () => {
    const seen = (role: string) => ['run:tenant', 'run:own'].filter((runs) => may(role, 'query:runs', runs));
    expect([seen('admin'), seen('analyst'), seen('user')]).toEqual([
      ['run:tenant', 'run:own'],
      ['run:own'],
      ['run:own'],
    ]);
  });

  it('lets all three start workflows, see saved ones, and run steps without a resource', () => {
    const actions = [
      'workflow:any',
      'query:workflows',
      ...ENGINE_ACTIONS.filter((action) => action.startsWith('step:') && action !== 'step:http'),
    ];
    for (const action of actions) {
      expect([action, ...['admin', 'analyst', 'user'].filter((role) => may(role, action))]).toEqual([
        action,
        ...['admin', 'analyst', 'user'],
      ]);
    }
  });

  it('lets all but user send requests to any URL', () => {
    const url = 'https://api.example:8443/items';
    expect(['admin', 'analyst', 'user'].filter((role) => may(role, 'step:http', url))).toEqual(['admin', 'analyst']);
  });

  it('reserves saving workflows and decisions for admin and analyst', () => {
    const theirs = (role: string) =>
      ENGINE_ACTIONS.filter((action) => action.startsWith('mutation:') && may(role, action));
    expect(theirs('admin')).toHaveLength(20);
    expect(theirs('analyst')).toEqual(theirs('admin'));
    expect(theirs('user').toSorted()).toEqual([
      'mutation:cancelRun',
      'mutation:createApiToken',
      'mutation:rerunFrom',
      'mutation:retryStep',
      'mutation:sendSignal',
    ]);
  });

  it('lets nobody but admin see and revoke what belongs to other accounts', () => {
    for (const action of ['account:read', 'account:write', 'account:tokens']) {
      expect(['admin', 'analyst', 'user'].filter((role) => may(role, action))).toEqual(['admin']);
    }
  });

  it('permits analyst every tool on any URI, and requires another person to approve a push', () => {
    const places = [undefined, 'https://host.example:8443/', 'exec:///usr/bin/node'];
    for (const place of places) {
      const effects = TOOLS.map((name) => [name, effect('analyst', `tool:${name}`, place)]);
      const pushed = (name: string) => (name === 'repo.git.push' ? 'APPROVE' : 'ALLOW');
      expect(effects).toEqual(TOOLS.map((name) => [name, pushed(name)]));
      expect(effect('analyst', 'tool:of-an-mcp-server', place)).toBe('ALLOW');
    }
  });

  it('permits analyst agents on the web and every memory, but no programs and no secrets', () => {
    for (const name of BACKENDS) {
      expect(may('analyst', `agent:${name}`, 'https://models.example:4000/v1')).toBe(true);
      for (const place of [undefined, 'exec:///bin/bash', 'file:///data/x'])
        expect([name, place, may('analyst', `agent:${name}`, place)]).toEqual([name, place, false]);
    }
    expect(['memory:read', 'memory:append'].map((action) => may('analyst', action, 'memory:notes'))).toEqual([
      true,
      true,
    ]);
    expect(may('analyst', 'memory:read', 'file:///data/notes.md')).toBe(false);
    expect(may('analyst', 'exec', 'exec:///usr/bin/python3')).toBe(false);
    expect(may('analyst', 'secret:TOKEN', 'https://api.example.com/')).toBe(false);
  });

  it('permits user three tools, and neither agents nor memories, programs or secrets', () => {
    const theirs = TOOLS.filter((name) => may('user', `tool:${name}`));
    expect(theirs).toEqual(['web.search', 'drive.search', 'notify.send']);
    for (const name of BACKENDS) expect(may('user', `agent:${name}`, 'https://public-models/v1')).toBe(false);
    expect(may('user', 'mutation:runAgent')).toBe(false);
    expect(may('user', 'memory:read', 'memory:notes')).toBe(false);
    expect(may('user', 'exec', 'exec:///usr/bin/python3')).toBe(false);
    expect(may('user', 'secret:TOKEN', 'https://public-data/')).toBe(false);
  });

  it('shows in a comment the lines with which analyst may start a program', async () => {
    const rules = read('policy.csv').replace(/^# {3}p, analyst/gm, 'p, analyst');
    const opened = await compilePolicy({ model: read('model.conf'), rules }, CAPABILITIES);
    const request = (action: string, href: string) =>
      decide(opened, { roles: ['analyst'], action, uri: uri(href) }).effect;
    for (const action of ['exec', 'agent:mcp', 'secret:TOKEN']) {
      expect(request(action, 'exec:///usr/bin/python3')).toBe('ALLOW');
      expect(request(action, 'exec:///usr/bin/perl')).toBe('DENY');
    }
    expect(request('agent:bash_cli', 'exec:///usr/bin/python3')).toBe('DENY');
  });

  it('grants no resource to a caller that may start a workflow', () => {
    for (const href of ['file:///etc/passwd', 'https://private.example/x']) {
      expect(may('user', 'command:fetch', href)).toBe(false);
      expect(may('user', 'query:resources', href)).toBe(false);
    }
  });

  it('shows dead letters to those who may submit jobs', () => {
    for (const action of ['query:deadLetters', 'mutation:submitJob', 'mutation:replayDeadLetter']) {
      expect(['admin', 'analyst', 'user'].filter((role) => may(role, action))).toEqual(['admin', 'analyst']);
    }
  });

  it('lets those have webhooks who may save workflows', () => {
    for (const action of ['query:webhooks', 'mutation:createWebhook', 'mutation:redeliverWebhook']) {
      expect(['admin', 'analyst', 'user'].filter((role) => may(role, action))).toEqual(['admin', 'analyst']);
    }
  });

  it('proves to admin and analyst that checkpoints continue each other', () => {
    const permitted = ['admin', 'analyst', 'user'].filter((role) => may(role, 'query:treeConsistency'));
    expect(permitted).toEqual(['admin', 'analyst']);
  });

  it.each(['query:quotas', 'query:catalog'])('permits %s to all three', (action) => {
    expect(['admin', 'analyst', 'user'].filter((role) => may(role, action))).toEqual(['admin', 'analyst', 'user']);
  });

  it('shows the rules to admin and analyst', () => {
    for (const action of ['query:policyRules', 'query:explainPolicy']) {
      expect(['admin', 'analyst', 'user'].filter((role) => may(role, action))).toEqual(['admin', 'analyst']);
    }
  });

  it('permits nothing to an undeclared role', () => {
    for (const action of ACTIONS) expect(may('nobody', action, 'data:text/csv')).toBe(false);
  });
});
