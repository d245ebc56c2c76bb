import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands, loadPlugins } from './registry.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-plugins-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
/** A module in a separate folder. Its code can use `command`, which returns a valid definition. */
async function plugin(code: string): Promise<string> {
  files += 1;
  const file = join(folder, `plugin-${files}.mjs`);
  const define = JSON.stringify(new URL('./definition/define-command.ts', import.meta.url).href);
  const head = `import { defineCommand } from ${define};
    const option = { type: 'string', description: 'A text.' };
    const command = (changes) => defineCommand({
      name: 'shout', title: 'Shout', description: 'Shouts.', effect: 'pure',
      options: { type: 'object', required: ['text'], properties: { text: option } },
      run: async ({ text }) => ({ mediaType: 'text/plain', content: text.toUpperCase() }), ...changes });\n`;
  await writeFile(file, head + code);
  return file;
}

describe('the registry', () => {
  it('lists the commands that come with Signalbox', () => {
    expect(commands.map((command) => command.name)).toEqual([
      ...['fetch', 'convertToJson', 'convertToXml', 'convertToCsv', 'convertToBase64', 'render', 'pipeline'],
    ]);
  });

  it('describes every command and option', () => {
    for (const { name, title, description, options } of commands) {
      for (const text of [title, description]) expect(text, name).toMatch(/\S/);
      for (const [option, { description: about }] of Object.entries(
        options.properties as Record<string, { description?: string }>,
      )) {
        expect(about, `${name}.${option}`).toMatch(/\S/);
      }
    }
  });
});

describe('loadPlugins', () => {
  it('loads every export of defineCommand, and ignores the others', async () => {
    const one = await plugin(`export const shout = command(); export { shout as again };
      export const whisper = command({ name: 'whisper' }); export const limit = 3; export function notACommand() {}
      export const looksLikeOne = { ...command(), name: 'x y' };`);
    const two = await plugin(`export default command({ name: 'other' });`);
    const loaded = await loadPlugins([one, two]);
    expect(loaded.map((command) => command.name).sort()).toEqual(['other', 'shout', 'whisper']);
  });

  it('loads nothing without files', async () => {
    expect(await loadPlugins([])).toEqual([]);
  });

  it.each([
    ['a file that is not there', undefined, /nowhere\.ts .*cannot be loaded/],
    ['a module that throws', `throw new Error('no key');`, /cannot be loaded: no key/],
    ['a module without commands', 'export const a = 1;', /exports no command\. Export what defineCommand\(\) gives/],
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
  ])('refuses %s', async (_, code, message) => {
    const file = code === undefined ? join(folder, 'nowhere.ts') : await plugin(code);
    await expect(loadPlugins([file])).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(message),
    });
  });
});
