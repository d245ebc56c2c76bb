import type { Context } from '../frame/context.ts';
import { UsageError } from '../output/exit-codes.ts';
import { readTextFile } from './document-source.ts';
import { jsonOrText } from './json.ts';
import { parsePairs } from './pairs.ts';

export interface InputOptions {
  readonly input?: readonly string[];
  readonly inputs?: string;
}

/**
 * The inputs of `--inputs` and `--input`, of which the latter take precedence. A value, also that of a file, is JSON where it can be
 * read as such, otherwise text.
 * @param document what the verb reads besides
 * @throws UsageError
 */
export async function readInputs(
  ctx: Pick<Context, 'io'>,
  { input = [], inputs }: InputOptions,
  document?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const pairs = Object.entries(parsePairs('--input', input));
  const values = [document, inputs, ...pairs.map(([, value]) => value.replace(/^@-$/, '-'))];
  if (values.filter((value) => value === '-').length > 1)
    throw new UsageError('Standard input can be only one of the document, --inputs and the value of an input.');
  const all = inputs === undefined ? {} : await parseAll(inputs, await readTextFile(ctx, inputs));
  const single: Record<string, unknown> = {};
  for (const [name, value] of pairs)
    single[name] = jsonOrText(value.startsWith('@') ? await readTextFile(ctx, value.slice(1)) : value);
  return { ...all, ...single };
}

async function parseAll(file: string, text: string): Promise<object> {
  const value = await parseYaml(`--inputs ${file}`, text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(`--inputs ${file} must be an object of inputs by name.`);
}

/** @param name of the text, for the message @throws UsageError */
export async function parseYaml(name: string, text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(`${name} is neither YAML nor JSON: ${(error as Error).message}`);
  }
}
