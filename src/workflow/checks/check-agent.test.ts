import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { problemsOf, stepsOf, testCatalog } from '../../../test/support/workflow/catalog.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { readWorkflow } from '../read-workflow.ts';

const agent = (more: JsonObject): JsonObject => ({
  id: 'a',
  kind: 'agent',
  agent: { role: 'A writer', goal: 'Write', backend: 'litellm', backend_config: { model: 'm' }, ...more },
});
const document = (step: JsonObject, more: JsonObject = {}): JsonObject => ({ name: 'test', steps: [step], ...more });
const problems = (more: JsonObject, document_: JsonObject = {}) => problemsOf(document(agent(more), document_));

describe('a step of kind agent', () => {
  it('is planned with the input of its backend, defaults filled in', () => {
    const step = {
      ...agent({
        id: 'writer',
        tools: ['web.search'],
        backend_config: { model: 'm', mcp_servers: [{ server_url: 'https://a.example' }] },
        memory_uri: 'memory:writer',
      }),
      input: ['any', { value: 1 }],
    };
    expect(stepsOf(document(step))).toEqual([
      {
        key: 'a',
        title: 'a',
        kind: 'AGENT',
        capability: 'litellm',
        effect: 'external',
        input: {
          agent: {
            id: 'writer',
            role: 'A writer',
            goal: 'Write',
            tools: ['web.search'],
            backend: 'litellm',
            config: { model: 'm', maxTokens: 1024, mcpServers: [{ serverUrl: 'https://a.example' }] },
            memoryUri: 'memory:writer',
          },
          context: ['any', { value: 1 }],
        },
        maxAttempts: 1,
        terms: { idempotent: true },
        dependsOn: [],
      },
    ]);
  });

  it('gets null as context without an input, and is not idempotent unless its backend resumes', () => {
    const [step] = stepsOf(document(agent({ backend: 'mcp', backend_config: { stdio_command: ['node', 'a.js'] } })));
    expect(step).toMatchObject({ capability: 'mcp', input: { context: null } });
    expect(step).not.toHaveProperty('terms');
  });

  it.each([
    [
      'a memory in the database, which workers do not have',
      { memory_uri: 'memory:notes' },
      'far',
      /^ERROR Step a: agents on workers have no memories/,
    ],
    [
      'a memory whose URI is not known yet',
      { memory_uri: '{{ steps.b.output }}' },
      'far',
      /^WARNING Step a: agents on workers have no memories/,
    ],
    ['a file, which a worker may have', { memory_uri: 'file:///data/notes.md' }, 'far', /^$/],
    ['a memory, in a pool of this machine', { memory_uri: 'memory:notes' }, 'fast', /^$/],
    ['no memory', {}, 'far', /^$/],
  ])('in a pool of workers is checked for its memory: %s', (_, more, pool, message) => {
    const b = { id: 'b', kind: 'transform', input: { data: 'file:///data/a.md', expression: '$' } };
    expect(problemsOf({ name: 'test', steps: [b, { ...agent(more), pool }] })).toMatch(message);
  });

  it('may hold expressions in its role, goal, configuration and memory, and depends on the steps that they refer to', () => {
    const text = '{{ steps.b.output }}';
    for (const more of [{ role: text }, { goal: text }, { backend_config: { model: text } }, { memory_uri: text }]) {
      const steps = [agent(more), { id: 'b', kind: 'sleep', input: { ms: 1 } }];
      const [step] = stepsOf({ name: 'test', steps });
      expect(step).toMatchObject({ dependsOn: ['b'], terms: { evaluate: true } });
    }
    expect(problems({ goal: '{{ nope }}' })).toMatch(
      /ERROR Step a: \{\{ nope \}\} refers to nope, which is not an input/,
    );
  });

  it('may be of any type in its configuration where that is an expression', () => {
    const config = { model: 'm', max_tokens: '{{ n }}' };
    expect(problems({ backend_config: config }, { inputs: { n: 'integer' } })).toBe('');
  });

  it('never evaluates expressions in the text of a shell', async () => {
    const command_template = 'echo {{ goal }} {{ context.x }}';
    const plain = stepsOf(document(agent({ backend: 'bash_cli', backend_config: { command_template } })));
    expect(plain[0]).toMatchObject({ input: { agent: { config: { commandTemplate: command_template } } } });
    expect(plain[0]).not.toHaveProperty('terms');
    const [open] = stepsOf(
      document(agent({ goal: '{{ x }}', backend: 'bash_cli', backend_config: { command_template } }), {
        inputs: { x: 'string' },
      }),
      { x: '; rm -rf /' },
    );
    const scope = { inputs: { x: '; rm -rf /' }, steps: {}, run: { id: '', labels: {} } };
    expect(await evaluate(open?.input as Json, scope)).toMatchObject({
      agent: { goal: '; rm -rf /', config: { commandTemplate: command_template } },
    });
  });

  it('leaves the name of a secret as it is', () => {
    const servers = [{ server_url: 'https://a.example', headers: { Authorization: 'Bearer secret:KEY' } }];
    expect(problems({ backend_config: { model: 'm', mcp_servers: servers } })).toBe('');
  });

  it('may compensate another step', () => {
    const undo = { kind: 'agent', agent: { role: 'r', goal: 'Undo {{ steps.a.output }}', backend: 'mcp' } };
    const [step] = stepsOf(document({ id: 'a', kind: 'sleep', input: { ms: 1 }, compensate: undo }));
    expect(step?.terms?.compensate).toMatchObject({ kind: 'AGENT', capability: 'mcp', terms: { evaluate: true } });
    const other = { ...undo, agent: { ...undo.agent, goal: '{{ steps.b.output }}' } };
    const steps = [
      { id: 'a', kind: 'sleep', input: { ms: 1 }, compensate: other },
      { id: 'b', kind: 'sleep', input: { ms: 1 } },
    ];
    expect(problemsOf({ name: 'test', steps })).toMatch(/Compensation of a: b may not have run by then/);
  });

  it.each<[string, JsonObject, RegExp]>([
    ['no goal', { goal: '' }, /steps\[0\]\.agent\.goal must NOT have fewer than 1 characters/],
    ['an unknown key', { gaol: 'x' }, /steps\[0\]\.agent has the unknown key "gaol"\. Did you mean goal\?/],
    ['an unknown backend', { backend: 'litelm' }, /backend must be one of mcp, .*websocket\. Did you mean litellm\?/],
    [
      'a backend that this server does not have',
      { backend: 'websocket' },
      /there is no backend websocket\. Backends of this server: mcp/,
    ],
    [
      'an unknown key of its configuration',
      { backend_config: { model: 'm', max_tokns: 1 } },
      /Step a, configuration of litellm: max_tokns is not a known option\. Did you mean max_tokens\?/,
    ],
    [
      'an unknown key of an MCP server',
      { backend_config: { model: 'm', mcpServers: [{ server_uri: 'x' }] } },
      /mcpServers\.0\.server_uri is not a known option\. Did you mean server_url\?/,
    ],
    ['what is missing', { backend_config: {} }, /configuration of litellm: model must be given/],
    ['a value of the wrong type', { backend_config: { model: 1 } }, /configuration of litellm: model must be string/],
    [
      'a key in both spellings',
      { backend_config: { model: 'm', max_tokens: 1, maxTokens: 2 } },
      /maxTokens is written in snake_case and in camelCase/,
    ],
    [
      'a tool that does not exist',
      { tools: ['web.serch'] },
      /there is no tool web\.serch\. Did you mean web\.search\?/,
    ],
    ['an invalid memory', { memory_uri: 'https://a.example' }, /memory_uri must be memory:NAME/],
    ['an invalid name of a memory', { memory_uri: 'memory:a b' }, /memory_uri must be memory:NAME/],
  ])('reports %s', (_, more, message) => {
    expect(problems(more)).toMatch(message);
  });

  it.each([
    ['of MCP servers', { backend_config: { model: 'm', mcp_servers: [{ server_url: 'https://a.example' }] } }],
    ['of the backend mcp', { backend: 'mcp', backend_config: {} }],
  ])('may name tools %s, which are not known before they are connected', (_, more) => {
    expect(problems({ ...more, tools: ['summarize'] })).toBe('');
  });

  it('is checked quickly, however many unknown keys its configuration has', async () => {
    const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`max_tokens_${i}`, i]));
    const check = () =>
      expect(problems({ backend_config: { model: 'm', ...keys } })).toMatch(/There are 19800 more problems/);
    expect(await cpuMsOf(check)).toBeLessThan(5_000);
  });

  it('has problems with positions in the text', () => {
    const text = `name: test
steps:
  - id: a
    kind: agent
    agent:
      role: r
      goal: g
      backend: litellm
      memory_uri: nope
      backend_config:
        model: m
        max_tokens: many
        mcp_servers:
          - servr_url: "{{ x }}"
`;
    const { problems: located } = readWorkflow({ text }, testCatalog);
    expect(located.map(({ line, column }) => [line, column])).toEqual([
      [9, 19],
      [12, 21],
      [14, 13],
      [14, 24],
    ]);
    expect(located[1]?.message).toMatch(/max_tokens must be integer/);
  });
});
