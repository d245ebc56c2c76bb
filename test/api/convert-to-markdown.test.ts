import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, isComposite } from '../../src/commands/definition/define-command.ts';
import { loadPlugins } from '../../src/plugins/load-plugins.ts';
import { createTestContext, type TestCommandContext } from '../support/commands/command-context.ts';

let test: TestCommandContext;
let command: Command;
beforeAll(async () => {
  test = await createTestContext();
  const file = new URL('../../examples/plugins/convert-to-markdown.ts', import.meta.url);
  const [loaded] = (await loadPlugins([fileURLToPath(file)])).commands;
  if (!loaded || isComposite(loaded)) throw new Error('the plugin has no command');
  command = loaded;
});
afterAll(() => test.close());

describe('the example of a custom command', () => {
  it('is loaded as a plugin', () => {
    expect([command.name, command.effect]).toEqual(['convertToMarkdown', 'pure']);
  });

  it('converts the output of convertToJson to a table', async () => {
    const data = { fields: ['name', 'note'], rows: [{ name: 'a|b', note: 'two\nlines' }, { name: 'c' }] };
    const result = await test.run(command, { source: { text: { text: JSON.stringify(data) } } });
    expect(result.mediaType).toBe('text/markdown; charset=utf-8');
    expect(result.text).toBe('| name | note |\n| --- | --- |\n| a\\|b | two<br>lines |\n| c |  |\n');
  });

  it('uses the given columns', async () => {
    const source = { text: { text: '[{"a":1,"b":{"c":2}}]' } };
    expect((await test.run(command, { source, columns: ['b'] })).text).toBe('| b |\n| --- |\n| {"c":2} |\n');
  });

  it('rejects other data, and unknown options', async () => {
    const source = { text: { text: '"text"' } };
    await expect(test.run(command, { source })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(test.run(command, { source, color: 'red' })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});
