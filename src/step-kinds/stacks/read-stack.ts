import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault } from '../../core/errors.ts';
import { chooseStack } from './choose-stack.ts';
import { StackManifest } from './manifest.ts';

/** A stack: templates of the files of a service. */
export interface Stack {
  readonly name: string;
  readonly manifest: StackManifest;
  /** Templates that the manifest names, and those that they import. */
  readonly templates: readonly { readonly name: string; readonly source: string }[];
}

export const MAX_STACK_CHARS = 200;
const STACK_NAME = /^[a-z][a-z0-9-]{0,63}$/;
const MAX_TEMPLATE_BYTES = 64 * 1024;
const MAX_TEMPLATES = 200;
const TEMPLATE_SUFFIX = '.j2';

/**
 * Reads a stack again each time, because the operator may edit its folder while the server runs.
 * @param wanted its name, or a description such as `FastAPI + SQLAlchemy`
 * @throws Fault NOT_FOUND for an unknown stack, UNAVAILABLE for one with invalid files
 */
export async function readStack(stacksDir: string, wanted: string): Promise<Stack> {
  const names = await stackNames(stacksDir);
  const name = names.includes(wanted) ? wanted : chooseStack(wanted, await readTitles(stacksDir, names));
  if (name === undefined) throw unknownStackFault(wanted, names);
  const folder = resolve(stacksDir, name);
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
  if (text === undefined) throw brokenStackFault(name, 'it has no readable manifest.json');
  const manifest = await readManifest(name, text);
  const templates = await readTemplates(name, join(folder, 'templates'));
  const templateNames = new Set(templates.map((template) => template.name));
  const missing = manifest.files.find(({ template }) => !templateNames.has(template));
  if (missing)
    throw brokenStackFault(
      name,
      `its manifest names templates/${missing.template}${TEMPLATE_SUFFIX}, which does not exist`,
    );
  return { name, manifest, templates };
}

/** Names of the existing stacks, sorted. */
export async function stackNames(stacksDir: string): Promise<readonly string[]> {
  const entries = await readdir(stacksDir, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && STACK_NAME.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** Titles of the stacks; of one with an invalid manifest, its name alone. */
function readTitles(stacksDir: string, names: readonly string[]) {
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(resolve(stacksDir, name), 'manifest.json'), 'utf8').catch(() => '');
      const manifest = await readManifest(name, text).catch(() => undefined);
      return { name, title: manifest?.title ?? name };
    }),
  );
}

async function readManifest(name: string, text: string): Promise<StackManifest> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw brokenStackFault(
      name,
      `its manifest.json is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const { Check, Errors } = await import('typebox/value');
  if (Check(StackManifest, json)) return json;
  const [first] = Errors(StackManifest, json);
  throw brokenStackFault(name, `its manifest.json is invalid at ${first?.instancePath || '/'}: ${first?.message}`);
}

async function readTemplates(name: string, folder: string): Promise<Stack['templates']> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(TEMPLATE_SUFFIX));
  if (files.length > MAX_TEMPLATES) throw brokenStackFault(name, `it has more than ${MAX_TEMPLATES} templates`);
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      if ((await stat(path)).size > MAX_TEMPLATE_BYTES)
        throw brokenStackFault(name, `${entry.name} is larger than 64 KiB`);
      return { name: path.slice(folder.length + 1, -TEMPLATE_SUFFIX.length), source: await readFile(path, 'utf8') };
    }),
  );
}

function unknownStackFault(name: string, available: readonly string[]): Fault {
  const choice =
    available.length > 0
      ? `Choose from: ${available.join(', ')}; or describe one with all words of its name.`
      : 'No stacks exist; check STACKS_DIR.';
  const message = `There is no stack ${JSON.stringify(name.slice(0, 64))}. ${choice}`;
  return new Fault('NOT_FOUND', message, { path: ['stack'] });
}

function brokenStackFault(name: string, why: string): Fault {
  return new Fault('UNAVAILABLE', `The stack ${name} cannot be used: ${why}. Fix it in STACKS_DIR.`);
}
