import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPlugins } from './load-plugins.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-plugins-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
/** A module in a separate folder. Its code can use functions that return a valid definition of each sort. */
async function plugin(code: string): Promise<string> {
  files += 1;
  const file = join(folder, `plugin-${files}.mjs`);
  const head = `import * as entry from 'signalbox/plugin';
    const { defineCommand, defineTool, defineStepKind, defineBackend, defineProtocol, Type } = entry;
    const option = { type: 'string', description: 'A text.' };
    const schema = { type: 'object', required: ['text'], properties: { text: option } };
    const texts = { title: 'Shout', description: 'Shouts.' };
    const command = (changes) => defineCommand({ name: 'shout', ...texts, effect: 'pure', options: schema,
      run: async ({ text }) => ({ mediaType: 'text/plain', content: text.toUpperCase() }), ...changes });
    const tool = (changes) => defineTool({ name: 'text.shout', ...texts, effect: 'pure', input: schema, output: schema,
      run: async ({ text }) => ({ text: text.toUpperCase() }), ...changes });
    const kind = (changes) => defineStepKind({ kind: 'SHOUT', ...texts, idempotent: true, input: schema,
      run: async ({ text }) => text.toUpperCase(), ...changes });
    const backend = (changes) => defineBackend({ name: 'loud_ones', ...texts, resumes: true, config: schema,
      run: async ({ goal }) => ({ mediaType: 'text/plain', content: goal.toUpperCase() }), ...changes });
    const protocol = (changes) => defineProtocol({ scheme: 'shout', ...texts, canonicalize: (url) => url.href,
      open: async (url) => ({ mediaType: 'text/plain', content: url.pathname.toUpperCase() }), ...changes });\n`;
  await writeFile(file, head + code);
  return file;
}

describe('loadPlugins', () => {
  it('loads every export of defineCommand, and ignores the others', async () => {
    const one = await plugin(`export const shout = command(); export { shout as again };
      export const whisper = command({ name: 'whisper' }); export const limit = 3; export function notACommand() {}
      export const looksLikeOne = { ...command(), name: 'x y' };`);
    const two = await plugin(`export default command({ name: 'other' });`);
    const loaded = await loadPlugins([one, two]);
    expect(loaded.commands.map((command) => command.name).sort()).toEqual(['other', 'shout', 'whisper']);
  });

  it('loads a definition of each sort, from one file', async () => {
    const file = await plugin(
      'export const apiVersion = 1; export const [a, b, c, d, e] = [command(), tool(), kind(), backend(), protocol()];',
    );
    const { commands, tools, kinds, backends, protocols } = await loadPlugins([file]);
    expect([commands, tools, kinds, backends, protocols].map((all) => all.length)).toEqual([1, 1, 1, 1, 1]);
    expect([tools[0]?.name, kinds[0]?.kind, backends[0]?.name, protocols[0]?.scheme]).toEqual([
      ...['text.shout', 'SHOUT', 'loud_ones', 'shout'],
    ]);
  });

  it('loads nothing without files', async () => {
    expect(await loadPlugins([])).toEqual({ commands: [], tools: [], kinds: [], backends: [], protocols: [] });
  });

  it.each([
    ['a file that is not there', undefined, /nowhere\.ts .*cannot be loaded/],
    ['a module that throws', `throw new Error('no key');`, /cannot be loaded: no key/],
    [
      'a module without commands',
      'export const a = 1;',
      /exports nothing for this server\. Export what defineCommand\(\)/,
    ],
    [
      'a name that is not camelCase',
      `export const a = command({ name: 'Shout-it' });`,
      /named "Shout-it"; names are camelCase/,
    ],
    ['a name that is taken', `export const a = command({ name: 'render' });`, /render, but there is one of that name/],
    [
      'a name that is taken by another plugin',
      `export const a = command(); export const b = command();`,
      /shout, but there is one/,
    ],
    [
      'a name that the schema needs',
      `export const a = command({ name: 'signIn' });`,
      /signIn, but that name is reserved/,
    ],
    ['no title', `export const a = command({ title: ' ' });`, /shout, which has no title/],
    ['no description', `export const a = command({ description: undefined });`, /shout, which has no description/],
    ['no action', `export const a = command({ run: undefined });`, /neither a function run nor steps/],
    ['no effect', `export const a = command({ effect: 'maybe' });`, /effect is neither "pure" nor "external"/],
    ['options that are not an object', `export const a = command({ options: option });`, /not an object schema/],
    [
      'an option without a description',
      `export const a = command({ options: { type: 'object', properties: { a: { type: 'string' } } } });`,
      /option a has no description/,
    ],
    [
      'an option that is not camelCase',
      `export const a = command({ options: { type: 'object', properties: { 'a-b': option } } });`,
      /option "a-b" is not camelCase/,
    ],
    [
      'an option that every mutation has',
      `export const a = command({ options: { type: 'object', properties: { idempotencyKey: option } } });`,
      /option idempotencyKey is reserved/,
    ],
    [
      'options that are not a schema',
      `export const a = command({ options: { type: 'object', properties: { a: { ...option, type: 'text' } } } });`,
      /not a valid JSON Schema/,
    ],
    ['another version', 'export const apiVersion = 2; export const a = command();', /for version 2 .* has version 1/],
    [
      'a tool without a dot in its name',
      `export const a = tool({ name: 'shout' });`,
      /the tool shout, .*lower case, with/,
    ],
    ['the name of a built-in tool', `export const a = tool({ name: 'web.search' });`, /web\.search, but there is one/],
    [
      'a tool with a property in camelCase',
      `export const a = tool({ input: { type: 'object', properties: { aB: option } } });`,
      /whose input has the property aB, which is not in snake_case/,
    ],
    ['a tool without output', `export const a = tool({ output: undefined });`, /whose output is not an object schema/],
    [
      'a tool whose accessedUris is a list',
      `export const a = tool({ accessedUris: [] });`,
      /accessedUris is not a function/,
    ],
    ['the name of a built-in kind', `export const a = kind({ kind: 'SLEEP' });`, /step kind SLEEP, but there is one/],
    ['a kind that is not in capitals', `export const a = kind({ kind: 'shout' });`, /such names are in capitals/],
    [
      'a kind that is neither idempotent nor not',
      `export const a = kind({ idempotent: undefined });`,
      /whose idempotent/,
    ],
    ['the name of a built-in backend', `export const a = backend({ name: 'mcp' });`, /backend mcp, but there is one/],
    ['a backend without run', `export const a = backend({ run: undefined });`, /whose run is not a function/],
    [
      'a configuration in snake_case',
      `export const a = backend({ config: { type: 'object', properties: { a_b: option } } });`,
      /a_b, which is not in camelCase/,
    ],
    ['the scheme of a built-in protocol', `export const a = protocol({ scheme: 'https' });`, /https, but there is one/],
    [
      'a scheme of names inside the server',
      `export const a = protocol({ scheme: 'memory' });`,
      /memory, .* is reserved/,
    ],
    ['a protocol without open', `export const a = protocol({ open: undefined });`, /whose open is not a function/],
  ])('refuses %s', async (_, code, message) => {
    const file = code === undefined ? join(folder, 'nowhere.ts') : await plugin(code);
    const fault = await loadPlugins([file]).catch((error: unknown) => error);
    expect(String(fault)).toMatch(message);
    expect(fault).toMatchObject({ code: 'BAD_INPUT' });
  });
});
