import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type Server, startServer } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const root = resolve(import.meta.dirname, '../..');
const EXAMPLES = join(root, 'examples/plugins');
const run = promisify(execFile);

/** Compiles a project. @returns what the compiler reports */
async function tsc(project: string, cwd: string): Promise<string> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const failed = (error: { readonly stdout: string }) => error;
  return (await run(process.execPath, [compiler, '--project', project], { cwd }).catch(failed)).stdout;
}

/** A folder outside the project with the examples, and nothing else. */
let folder: Awaited<ReturnType<typeof createTempFolder>>;
let web: WebServer;
let server: Server;
let users: TestUsers;
/** Bodies of the requests to Ollama. */
const chats: string[] = [];

const MANIFEST = { name: '@scope/left-pad', version: '1.3.0', license: 'WTFPL' };

/** Stands for three services: a site, the npm registry and Ollama. */
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const json = (value: unknown) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (request.url === '/up') response.end('hello');
  else if (request.url === '/@scope/left-pad/1.3.0') json(MANIFEST);
  else if (request.url === '/large/1.0.0') response.end('x'.repeat(3_000_000));
  else if (request.url === '/moved/1.0.0') response.writeHead(302, { location: 'http://127.0.0.1:1/secret' }).end();
  else if (request.url === '/api/chat') {
    chats.push(await text(request));
    json({ message: { role: 'assistant', content: 'Trains.' }, done: true, prompt_eval_count: 20, eval_count: 2 });
  } else response.writeHead(404).end();
}

beforeAll(async () => {
  // `npm ci` writes the declarations; they may be older than the sources.
  expect(await tsc('src/plugins/tsconfig.json', root)).toBe('');
  folder = await createTempFolder();
  await cp(EXAMPLES, folder.path, { recursive: true });
  web = await startWebServer((request, response) => void serve(request, response));
  const files = (await readdir(folder.path)).filter((file) => file.endsWith('.ts'));
  server = await startServer({
    env: {
      SIGNALBOX_PLUGINS: files.map((file) => join(folder.path, file)).join(','),
      ALLOWED_PRIVATE_HOSTS: web.host,
      NPM_REGISTRY: web.url,
      FETCH_MAX_BYTES: '1000000',
      MAX_RUNNING_BY_KIND: 'check_sites=4',
    },
  });
  users = await createTestUsers(server);
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
  await folder?.[Symbol.asyncDispose]();
});

const start = (steps: readonly object[], who: 'admin' | 'bob' = 'admin') =>
  users.start({ document: { name: 'plugged', steps } }, {}, who);
const fetchStep = (uri: string) => ({ id: 'read', kind: 'command', command: 'fetch', input: { source: { uri } } });

describe('the examples of plugins, in a folder outside the project', () => {
  /** Runs the compiler in a copy of the folder, in which the package is linked as `npm link` does. */
  async function compile(more: Readonly<Record<string, string>> = {}): Promise<string> {
    await using copy = await createTempFolder();
    await cp(folder.path, copy.path, { recursive: true });
    await mkdir(join(copy.path, 'node_modules'));
    await symlink(root, join(copy.path, 'node_modules/signalbox'));
    await symlink(join(root, 'node_modules/@types'), join(copy.path, 'node_modules/@types'));
    for (const [file, source] of Object.entries(more)) await writeFile(join(copy.path, file), source);
    return await tsc('.', copy.path);
  }

  it('have types, with strict options of the compiler', async () => {
    expect(await compile()).toBe('');
  });

  it('are rejected by the compiler when a type is wrong', async () => {
    const source = `import { defineTool, Type } from 'signalbox/plugin';
      const schema = Type.Object({ a: Type.Integer({ description: 'A number.' }) });
      export const wrong = defineTool({ name: 'a.b', title: 'A', description: 'A.', effect: 'pure', input: schema,
        output: schema, run: async ({ a }, ctx) => { ctx.nothing; return { a: String(a) }; } });`;
    const problems = await compile({ 'wrong.ts': source });
    expect(problems).toMatch(/wrong\.ts.*Property 'nothing' does not exist on type 'PluginContext'/);
    expect(problems).toMatch(/'string' is not assignable to type 'number'/);
  });

  it('import nothing but the published entry', async () => {
    const sources = await run('grep', ['-rhoE', "from '[^']+'", folder.path, '--include=*.ts']);
    expect(new Set(sources.stdout.trim().split('\n'))).toEqual(new Set(["from 'signalbox/plugin'"]));
  });
});

describe('a tool of a plugin', () => {
  it('is called by a step, and reaches what the policy and the guard of outgoing requests allow', async () => {
    const { state, output } = await start([
      { id: 'a', kind: 'tool', tool: 'site.check', input: { url: `${web.url}/up` } },
    ]);
    expect([state, output]).toEqual(['SUCCEEDED', { up: true, status: 200 }]);
    const blocked = await start([{ id: 'a', kind: 'tool', tool: 'site.check', input: { url: 'http://127.0.0.1:1/' } }]);
    expect(blocked.error).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is denied to a role without it', async () => {
    const { steps } = await start(
      [{ id: 'a', kind: 'tool', tool: 'site.check', input: { url: `${web.url}/up` } }],
      'bob',
    );
    expect(steps).toMatchObject([{ state: 'DENIED', decision: { effect: 'DENY' } }]);
  });
});

describe('a step kind of a plugin', () => {
  const step = (input: object) => ({ id: 'sites', kind: 'check_sites', input });

  it('calls tools, each a recorded call under the policy', async () => {
    const { id, state, output, steps } = await start([step({ urls: [`${web.url}/up`, `${web.url}/down`] })]);
    expect(server.logged('step.bug')).toEqual([]);
    expect([state, output]).toEqual(['SUCCEEDED', { checked: 2, down: [`${web.url}/down`] }]);
    expect(steps).toMatchObject([{ kind: 'CHECK_SITES' }]);
    const { run } = await users.ask(
      'query ($id: ID!) { run(id: $id) { steps { toolCalls { tool } } } }',
      { id },
      'admin',
    );
    expect(run.steps[0].toolCalls.map(({ tool }: { tool: string }) => tool)).toEqual([
      ...['site.check', 'site.check', 'notify.send'],
    ]);
  });

  it('is denied to a role without `step:check_sites`', async () => {
    const { steps } = await start([step({ urls: ['https://example.com'] })], 'bob');
    expect(steps).toMatchObject([{ state: 'DENIED' }]);
  });

  it('is checked in documents, with the place of each problem', async () => {
    const yaml = 'name: a\nsteps:\n  - id: sites\n    kind: check_sites\n    input: { urls: [], often: 1 }\n';
    const document = `query ($source: WorkflowSource!) { validateWorkflow(source: $source) { problems { line column message } } }`;
    const { validateWorkflow } = await users.ask(document, { source: { yaml } }, 'admin');
    expect(validateWorkflow.problems).toMatchObject([
      { line: 5, column: 20, message: expect.stringContaining('urls must NOT have fewer than 1 items') },
      { line: 5, column: 24, message: expect.stringContaining('often') },
    ]);
    const misspelled = { yaml: 'name: a\nsteps:\n  - { id: a, kind: check_site }' };
    const { validateWorkflow: answer } = await users.ask(document, { source: misspelled }, 'admin');
    expect(answer.problems[0].message).toContain('Did you mean check_sites?');
  });
});

describe('an agent backend of a plugin', () => {
  const AGENT = { role: 'Guide', goal: 'What runs on rails?' };

  it('runs agents by its typed input, and its answers are recorded', async () => {
    const backend = { ollama: { url: web.url, model: 'small' } };
    const { state, id } = await users.change('runAgent', { agent: { ...AGENT, backend }, waitMs: 60_000 }, 'admin');
    expect(state).toBe('SUCCEEDED');
    expect((await users.run(id, 'admin')).resource).toEqual({
      mediaType: 'text/plain; charset=utf-8',
      text: 'Trains.',
    });
    expect(JSON.parse(chats.at(-1) ?? '')).toMatchObject({ model: 'small', options: { num_predict: 1024 } });
    const messages = '... on AgentMessage { role message: text }';
    const { run } = await users.ask(
      `query ($id: ID!) { run(id: $id) { events { events { ${messages} } } } }`,
      { id },
      'admin',
    );
    const said = run.events.events.filter(({ role }: { readonly role?: string }) => role !== undefined);
    expect(said.at(-1)).toMatchObject({ role: 'assistant', message: 'Trains.' });
  });

  it('runs agents of documents, whose configuration is checked', async () => {
    const agent = { ...AGENT, backend: 'ollama', backend_config: { url: web.url, model: 'small', max_tokens: 7 } };
    const { state } = await start([{ id: 'ask', kind: 'agent', agent }]);
    expect([state, JSON.parse(chats.at(-1) ?? '').options]).toEqual(['SUCCEEDED', { num_predict: 7 }]);
    const wrong = { ...agent, backend_config: { max_tokens: 0 } };
    const refusal = await start([{ id: 'ask', kind: 'agent', agent: wrong }]);
    expect(refusal).toMatchObject({ code: 'BAD_INPUT', message: expect.stringMatching(/max_tokens|model/) });
  });

  it('reaches no address that the server may not reach, and is denied to a role without it', async () => {
    const agent = { ...AGENT, backend: { ollama: { url: 'http://127.0.0.1:1', model: 'small' } } };
    const { error } = await users.change('runAgent', { agent, waitMs: 60_000 }, 'admin');
    expect(error).toMatchObject({ code: 'FORBIDDEN' });
    const denied = await users.change('runAgent', { agent, waitMs: 60_000 }, 'bob');
    expect(denied.code ?? denied.error.code).toBe('FORBIDDEN');
  });
});

describe('a protocol of a plugin', () => {
  it('is read wherever a URI may stand', async () => {
    const { output, state } = await start([fetchStep('npm:@scope/left-pad@1.3.0')]);
    expect([state, output]).toEqual(['SUCCEEDED', MANIFEST]);
  });

  it('has the limits of the server: bytes, addresses, one canonical form', async () => {
    expect((await start([fetchStep('npm:large@1.0.0')])).error).toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    expect((await start([fetchStep('npm:moved@1.0.0')])).error).toMatchObject({ code: 'FORBIDDEN' });
    expect((await start([fetchStep('npm:none@1.0.0')])).error).toMatchObject({ code: 'NOT_FOUND' });
    expect((await start([fetchStep('npm:left-pad')])).error ?? { code: 'BAD_INPUT' }).toMatchObject({
      code: 'BAD_INPUT',
    });
  });

  it('is subject to the policy, on its URI and on the URL that it reads', async () => {
    const { steps } = await start([fetchStep('npm:@scope/left-pad@1.3.0')], 'bob');
    expect(steps).toMatchObject([{ state: 'DENIED', decision: { effect: 'DENY' } }]);
  });
});

describe('what plugins bring', () => {
  it('is in the catalog and in the schema of workflows', async () => {
    const { catalog } = await users.ask(`{ catalog {
      commands { name } tools { name } protocols { scheme limits } agentBackends { name config } stepKinds { kind input }
    } }`);
    expect(catalog.commands).toContainEqual({ name: 'convertToMarkdown' });
    expect(catalog.tools).toContainEqual({ name: 'site.check' });
    expect(catalog.protocols).toContainEqual({
      scheme: 'npm',
      limits: expect.objectContaining({ maxBytes: 1_000_000 }),
    });
    const named = (list: readonly Record<string, unknown>[], name: string) =>
      list.find((one) => Object.values(one).includes(name));
    expect(named(catalog.agentBackends, 'OLLAMA')?.config).toHaveProperty('properties.maxTokens');
    expect(named(catalog.stepKinds, 'CHECK_SITES')?.input).toHaveProperty('properties.urls');
    const schema = await (await server.fetch('/schemas/workflow.json')).json();
    expect(schema).toHaveProperty('$defs.check_sites_step.properties.input');
    expect(JSON.stringify(schema)).toContain('"ollama"');
  });

  it('has types in the GraphQL schema', async () => {
    const { config, kinds } = await users.ask(`{
      config: __type(name: "OllamaBackendInput") { inputFields { name defaultValue type { name ofType { name } } } }
      kinds: __type(name: "StepKind") { enumValues { name description } }
    }`);
    expect(config.inputFields).toEqual([
      { name: 'url', defaultValue: '"http://localhost:11434"', type: { name: 'URI', ofType: null } },
      { name: 'model', defaultValue: null, type: { name: null, ofType: { name: 'String' } } },
      { name: 'maxTokens', defaultValue: '1024', type: { name: 'Int', ofType: null } },
    ]);
    expect(kinds.enumValues).toContainEqual({
      name: 'CHECK_SITES',
      description: expect.stringContaining('Checks several sites'),
    });
  });

  it('stays readable when the plugin is gone', async () => {
    await using data = await createTempFolder();
    const steps = [{ id: 'sites', kind: 'check_sites', input: { urls: ['http://127.0.0.1:1/'], notify: false } }];
    let id: string;
    {
      const files = ['check-site.ts', 'check-sites.ts'].map((file) => join(folder.path, file)).join(',');
      await using before = await startServer({ dataDir: data.path, env: { SIGNALBOX_PLUGINS: files } });
      ({ id } = await (await createTestUsers(before)).start({ document: { name: 'a', steps } }, {}, 'admin'));
      await before.stop();
    }
    await using after = await startServer({ dataDir: data.path });
    const { ask } = await createTestUsers(after);
    const { run } = await ask('query ($id: ID!) { run(id: $id) { steps { kind } } }', { id }, 'admin');
    expect(run.steps).toEqual([{ kind: 'OTHER' }]);
  });

  it('cannot have the limit of a kind that does not exist', async () => {
    const { code, complaint } = await runCli(['serve'], { env: { MAX_RUNNING_BY_KIND: 'check_sites=4' } });
    expect([code, complaint]).toEqual([
      1,
      expect.stringContaining('MAX_RUNNING_BY_KIND: there is no kind check_sites'),
    ]);
  });
});
