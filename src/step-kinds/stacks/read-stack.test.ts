import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resourceNames } from '../plan/names.ts';
import { readStack, stackNames } from './read-stack.ts';

const stacksDir = fileURLToPath(new URL('../../../examples/stacks', import.meta.url));

/** Types that a template uses alongside the entity; without texts, comments and members. */
function typesBesideEntity(source: string): readonly string[] {
  const code = source
    .replaceAll(/\{#.*?#\}|"""[\s\S]*?"""|\/\*[\s\S]*?\*\/|`[^`]*`/g, '')
    .replaceAll(/(?<![\w.])\{\{ entity\.name \}\}(?!\w)/g, 'ITSELF_ENTITY')
    .replaceAll(/\w*\{\{.*?\}\}\w*|\{%.*?%\}|(["'])(?:\\.|(?!\1).)*\1|(#|\/\/).*$/gm, ' ');
  if (!code.includes('ITSELF_ENTITY')) return [];
  return [...new Set([...code.matchAll(/(?<![\w.])[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*/g)].map(([name]) => name))];
}

/** Name of the entity for this resource name; undefined when no entity can have it. */
function nameFor(type: string): string | undefined {
  try {
    return resourceNames(type).name;
  } catch {
    return undefined;
  }
}

describe('the stacks', () => {
  it('are three', async () => {
    expect(await stackNames(stacksDir)).toEqual(['fastapi-sqlalchemy', 'node-yoga', 'python-stdlib']);
  });

  it('reject entities with the name of one of their types', async () => {
    for (const name of await stackNames(stacksDir)) {
      const { templates } = await readStack(stacksDir, name);
      const types = templates.flatMap(({ source }) => typesBesideEntity(source));
      expect(types.length).toBeGreaterThan(3);
      expect(types.filter((type) => nameFor(type) === type)).toEqual([]);
    }
  });

  it('use all of their templates', async () => {
    for (const name of await stackNames(stacksDir)) {
      const { templates, manifest } = await readStack(stacksDir, name);
      const used = new Set([...manifest.files.map(({ template }) => template), 'literal']);
      expect(templates.map((template) => template.name).filter((template) => !used.has(template))).toEqual([]);
    }
  });
});

describe('readStack', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-stacks-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['no-json', '{', /not JSON/],
    ['no-files', '{"title":"a"}', /manifest\.json is invalid/],
    [
      'no-template',
      JSON.stringify({
        ...{
          title: 'a',
          description: 'a',
          language: 'python',
          checks: ['ruff'],
          requires: [],
          endpoints: [],
          tests: [],
        },
        files: [{ path: 'a', template: 'missing' }],
      }),
      /templates\/missing\.j2, which does not exist/,
    ],
  ])('reports the problem of a stack: %s', async (name, manifest, message) => {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'manifest.json'), manifest);
    await expect(readStack(folder, name)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(message),
    });
  });
});
