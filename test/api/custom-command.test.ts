import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type Server, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const EXAMPLE = 'examples/plugins/convert-to-markdown.ts';

let folder: Awaited<ReturnType<typeof createTempFolder>>;
let server: Server;
let admin: string;

/** Writes a plugin outside the repository, with options as plain JSON Schema. */
async function writePlugin(file: string, name: string, run: string): Promise<string> {
  const path = join(folder.path, file);
  const options =
    "{ type: 'object', properties: { times: { type: 'integer', default: 2, description: 'How often.' } } }";
  const properties = `name: '${name}', title: 'Ping', description: 'Says ping.', effect: 'pure', options: ${options}`;
  await writeFile(
    path,
    `import { defineCommand } from 'signalbox/plugin';\nexport const ping = defineCommand({ ${properties}, run: ${run} });\n`,
  );
  return path;
}

beforeAll(async () => {
  folder = await createTempFolder();
  const ping = "async ({ times }) => ({ mediaType: 'text/plain', content: 'ping '.repeat(times) })";
  const broken = "async () => { throw new Error('the password is hunter2'); }";
  const plugins = [
    EXAMPLE,
    await writePlugin('ping.mjs', 'ping', ping),
    await writePlugin('broken.mjs', 'broken', broken),
  ];
  server = await startServer({ env: { SIGNALBOX_PLUGINS: plugins.join(',') } });
  admin = await tokenFor('admin', { roles: ['admin'] });
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await folder?.[Symbol.asyncDispose]();
});

async function ask(document: string, token = admin) {
  const { data, errors } = await server.query(document, {}, token);
  expect(errors).toBeUndefined();
  return data;
}

describe('a custom command', () => {
  const OUTCOME =
    '... on CommandOutcome { run { state error { code message } } resource { mediaType text } } ... on Refusal { code message violations { path } }';

  it('is a mutation with its own input type', async () => {
    const source = 'source: { text: { text: "[{\\"a\\":1,\\"b\\":\\"x|y\\"}]", mediaType: "application/json" } }';
    const data = await ask(`mutation { convertToMarkdown(input: { ${source}, columns: ["b", "a"] }) { ${OUTCOME} } }`);
    expect(data.convertToMarkdown).toEqual({
      run: { state: 'SUCCEEDED', error: null },
      resource: { mediaType: 'text/markdown; charset=utf-8', text: '| b | a |\n| --- | --- |\n| x\\|y | 1 |\n' },
    });
    const { __type } = await ask('{ __type(name: "ConvertToMarkdownInput") { inputFields { name description } } }');
    expect(__type.inputFields).toContainEqual({ name: 'columns', description: 'The columns and their order.' });
  });

  it('is in the catalog with the JSON Schema of its options', async () => {
    const { catalog } = await ask('{ catalog { commands { name title effect field options } } }');
    const command = catalog.commands.find(({ name }: { name: string }) => name === 'convertToMarkdown');
    expect(command).toMatchObject({ title: 'Convert to Markdown', effect: 'PURE', field: 'convertToMarkdown' });
    expect(command.options.properties.columns).toMatchObject({ type: 'array', items: { type: 'string' } });
  });

  it('works in pipelines, as its documentation says', async () => {
    const data = await ask(`mutation { pipeline(input: { steps: [
      { command: "convertToJson", options: { source: { uri: "file:///data/products.csv" } } }
      { command: "convertToMarkdown", options: { source: { uri: "$previous.output" }, columns: ["name", "price"] } }
    ] }) { ${OUTCOME} } }`);
    expect(data.pipeline.resource.text).toMatch(/^\| name \| price \|\n\| --- \| --- \|\n\| /);
  });

  it('is subject to the policy like any other', async () => {
    const bob = await tokenFor('bob', { roles: ['user'] });
    const data = await ask(
      `mutation { convertToMarkdown(input: { source: { uri: "data:,[]" } }) { ${OUTCOME} } }`,
      bob,
    );
    expect(data.convertToMarkdown.code).toBe('FORBIDDEN');
  });

  it('may be in any folder and have options as plain JSON Schema', async () => {
    const { ping, none } = await ask(
      `mutation { ping(input: { times: 3 }) { ${OUTCOME} } none: ping(input: {}) { ${OUTCOME} } }`,
    );
    expect([ping.resource.text, none.resource.text]).toEqual(['ping ping ping ', 'ping ping ']);
    const { execute } = await ask(
      `mutation { execute(input: { command: "ping", options: { times: "x" } }) { ${OUTCOME} } }`,
    );
    expect(execute).toMatchObject({ code: 'BAD_INPUT', violations: [{ path: '/times' }] });
  });

  it('that throws fails only its run, and gives callers only a reference to the log', async () => {
    const { broken } = await ask(`mutation { broken(input: {}) { ${OUTCOME} } }`);
    expect(broken.run).toMatchObject({ state: 'FAILED', error: { code: 'INTERNAL' } });
    expect(JSON.stringify(broken)).not.toContain('hunter2');
    await expect.poll(() => server.logged('step.bug')).toHaveLength(1);
    const [bug] = server.logged('step.bug');
    expect(broken.run.error.message).toContain(bug.reference);
    expect((await server.fetch('/health')).status).toBe(200);
  });
});

describe('a start', () => {
  it.each([
    [
      'that does not exist',
      async () => join(folder.path, 'none.mjs'),
      /SIGNALBOX_PLUGINS: the file .*none\.mjs does not exist/,
    ],
    ['whose command name is taken', () => writePlugin('taken.mjs', 'fetch', 'async () => {}'), /taken\.mjs .*fetch/],
    [
      'without a command',
      async () => {
        await writeFile(join(folder.path, 'empty.mjs'), 'export const nothing = {};\n');
        return join(folder.path, 'empty.mjs');
      },
      /empty\.mjs .*exports nothing for this server/,
    ],
    [
      'that does not parse',
      async () => {
        await writeFile(join(folder.path, 'wrong.mjs'), 'export const = ;\n');
        return join(folder.path, 'wrong.mjs');
      },
      /wrong\.mjs .*cannot be loaded/,
    ],
  ])('with a plugin %s is refused with a clear message', async (_, write, wanted) => {
    const { code, complaint } = await runCli(['serve'], { env: { SIGNALBOX_PLUGINS: await write() } });
    expect(code).toBe(1);
    expect(complaint).toMatch(wanted);
    expect(complaint).not.toContain('    at ');
  });
});
