import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import { testGitDeps } from '../../test/support/tools/git-tools.ts';
import { compileOptions } from '../commands/definition/validate-options.ts';
import { createWasiPython } from '../runtime/python/wasi-python.ts';
import { createTools, TOOL_NAMES } from './registry.ts';

/** Created, but never called. */
const tools = createTools({
  python: createWasiPython(),
  git: testGitDeps(),
  maxBytes: 1_000_000,
  drive: () => Promise.reject(new Error('not called')),
  search: { source: 'offline index', search: () => Promise.reject(new Error('not called')) },
});

describe('the tools', () => {
  it('are those that plugins cannot replace', () => {
    expect(tools.map(({ name }) => name)).toEqual(TOOL_NAMES);
  });

  it('have unique names that fit policy rules', () => {
    const names = tools.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
    expect(names.filter((name) => !/^[a-z]+(\.[a-z_]+)+$/.test(name))).toEqual([]);
  });

  it.each(tools)('$name has strict schemas, and describes every property', (tool) => {
    expect(() => [compileOptions(tool.input), compileOptions(tool.output)]).not.toThrow();
    expect(undescribed(tool.input)).toEqual([]);
    expect(undescribed(tool.output)).toEqual([]);
    expect(tool.description).toMatch(/\.$/);
  });

  it.each(tools)('$name has a section in the manual', ({ name }) => {
    const manual = readFileSync(join(import.meta.dirname, '../../docs/tools.md'), 'utf8');
    expect(manual).toContain(`\n## ${name}\n`);
  });
});

/** Paths of properties without a description or with a name that is not in snake_case. */
function undescribed(schema: TSchema, path = ''): readonly string[] {
  const {
    properties = {},
    items,
    anyOf = [],
  } = schema as {
    readonly properties?: Readonly<Record<string, TSchema & { readonly description?: string }>>;
    readonly items?: TSchema;
    readonly anyOf?: readonly TSchema[];
  };
  return [
    ...Object.entries(properties).flatMap(([name, property]) => [
      ...(property.description && /^[a-z][a-z0-9_]*$/.test(name) ? [] : [`${path}/${name}`]),
      ...undescribed(property, `${path}/${name}`),
    ]),
    ...(items ? undescribed(items, `${path}/*`) : []),
    ...anyOf.flatMap((each) => undescribed(each, path)),
  ];
}
