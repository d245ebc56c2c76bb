import { describe, expect, it } from 'vitest';
import { commands } from './registry.ts';

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
