import { SignalboxError } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { UsageError } from '../output/exit-codes.ts';
import { sanitize } from '../output/sanitize.ts';
import { jsonOrText } from './json.ts';

/** JSON Schema of one input, as far as a question goes by it. */
interface InputSchema {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: unknown;
  readonly writeOnly?: unknown;
  readonly format?: unknown;
}

/** The inputs that a run was refused for, when nothing else is wrong with it. */
export function missingInputs(error: unknown): readonly string[] {
  if (!(error instanceof SignalboxError) || error.code !== 'BAD_INPUT') return [];
  const violations = error.refusal?.violations ?? [];
  const names = violations.map(({ path, keyword }) => (keyword === 'required' ? /^\/([^/~]+)$/.exec(path)?.[1] : ''));
  return names.every((name) => name) ? (names as readonly string[]) : [];
}

/** Whether a person can be asked: never in a pipe, and not in CI. */
export function canAsk({ io, env }: Context): boolean {
  return io.isTty(io.stdin) && io.isTty(io.stderr) && !env.CI;
}

export function refuseMissing(names: readonly string[]): UsageError {
  const [first = 'NAME'] = names;
  return new UsageError(
    `Required inputs are missing: ${names.join(', ')}. Pass each one as --input ${first}=VALUE, or all with --inputs FILE, YAML or JSON.`,
  );
}

/**
 * Asks for inputs on the terminal, each by its schema.
 * @param schema JSON Schema of all inputs
 * @returns undefined when the user interrupts
 */
export async function askInputs(
  { io, signal }: Context,
  names: readonly string[],
  schema: unknown,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const prompts = await import('@clack/prompts');
  const terminal = { input: io.stdin, output: io.stderr, signal };
  const ask = (name: string, { type, enum: choices, description, writeOnly, format }: InputSchema) => {
    const message = sanitize(typeof description === 'string' ? `${name}: ${description}` : name);
    const question = { message, ...terminal };
    const validate = (text: string | undefined) => problemOf(type, text ?? '');
    if (choices)
      return prompts.select({
        ...question,
        options: choices.map((value) => ({ value, label: sanitize(textOf(value)) })),
      });
    if (type === 'boolean') return prompts.confirm(question);
    if (writeOnly === true || format === 'password') return prompts.password({ ...question, validate });
    return prompts.text({ ...question, validate });
  };
  const answers: Record<string, unknown> = {};
  for (const name of names) {
    const property = propertyOf(schema, name);
    const answer = await ask(name, property);
    if (prompts.isCancel(answer)) return undefined;
    const isText = typeof answer !== 'string' || property.enum || property.type === 'string';
    answers[name] = isText ? answer : jsonOrText(answer);
  }
  return answers;
}

/** What is wrong with the text for a type of JSON Schema. */
function problemOf(type: unknown, text: string): string | undefined {
  const value = jsonOrText(text);
  switch (type) {
    case 'number':
      return typeof value === 'number' ? undefined : 'It must be a number.';
    case 'integer':
      return Number.isInteger(value) ? undefined : 'It must be a whole number.';
    case 'array':
      return Array.isArray(value) ? undefined : 'It must be a JSON list, such as [1, 2].';
    case 'object':
      return isObject(value) ? undefined : 'It must be a JSON object, such as {"a": 1}.';
    default:
      return undefined;
  }
}

function propertyOf(schema: unknown, name: string): InputSchema {
  const properties = isObject(schema) && isObject(schema.properties) ? schema.properties : {};
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isObject(property) ? property : {};
}

/** The JSON Schema of the inputs of a document that is not saved: one schema for all, or a schema or a type for each. */
export function inputSchemaOf(document: unknown): unknown {
  const inputs = isObject(document) && isObject(document.inputs) ? document.inputs : {};
  if (inputs.type === 'object' && isObject(inputs.properties)) return inputs;
  const properties = Object.entries(inputs).map(([name, one]) => [name, isObject(one) ? one : { type: one }]);
  return { type: 'object', properties: Object.fromEntries(properties) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
