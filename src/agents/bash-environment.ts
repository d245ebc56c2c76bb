import { Fault } from '../core/errors.ts';
import { isJsonObject, type Json } from '../lib/json.ts';
import type { Agent } from './define-backend.ts';

/** Linux takes 128 KiB for one variable with its name (MAX_ARG_STRLEN). */
const MOST_BYTES = 120_000;
/** Of all of them: Linux takes a quarter of the stack for them and the arguments. */
const MOST_BYTES_IN_ALL = 1_000_000;

const WHOLE = ['role', 'goal', 'context', 'memory'] as const;

/**
 * What a script finds in its environment: `SIGNALBOX_ROLE`, `_GOAL`, `_CONTEXT` and `_MEMORY`, and the variables of its
 * placeholders. What is too large for a variable is left out where no placeholder names it: it is in standard input.
 * @param left told the names of those that were left out
 * @throws Fault BAD_INPUT for a placeholder that stands for nothing, RESOURCE_TOO_LARGE
 */
export function bashEnvironment(
  agent: Agent,
  variables: ReadonlyMap<string, string>,
  left: (names: readonly string[]) => void,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, path] of variables) {
    const value = asText(valueAt(agent, path));
    if (!fits(value)) throw new Fault('RESOURCE_TOO_LARGE', `{{ ${path} }} ${TOO_LARGE}`);
    env[name] = value;
  }
  if (sizeOf(env) > MOST_BYTES_IN_ALL)
    throw new Fault('RESOURCE_TOO_LARGE', `All placeholders together: what they stand for ${TOO_LARGE}`);
  const missing: string[] = [];
  for (const name of WHOLE) {
    const [variable, value] = [`SIGNALBOX_${name.toUpperCase()}`, asText(agent[name])];
    if (fits(value) && sizeOf(env) + value.length * 3 <= MOST_BYTES_IN_ALL) env[variable] = value;
    else missing.push(variable);
  }
  if (missing.length > 0) left(missing);
  return env;
}

const TOO_LARGE = 'is too large for a variable, or holds a zero byte. Read it from standard input, as JSON.';

function valueAt(agent: Agent, path: string): Json {
  const [first = '', ...rest] = path.split('.');
  const start = WHOLE.find((name) => name === first);
  let value: Json | undefined = start && agent[start];
  for (const name of rest) {
    const inside: Json | undefined = isJsonObject(value) || Array.isArray(value) ? value : undefined;
    value = inside && Object.hasOwn(inside, name) ? (inside as { readonly [key: string]: Json })[name] : undefined;
  }
  if (value !== undefined) return value;
  throw new Fault(
    'BAD_INPUT',
    `{{ ${path} }} stands for nothing here. There are role, goal, memory, context, and what the context holds, as in {{ context.NAME }}.`,
  );
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function fits(value: string): boolean {
  return Buffer.byteLength(value) <= MOST_BYTES && !value.includes('\0');
}

function sizeOf(env: Readonly<Record<string, string>>): number {
  return Object.entries(env).reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value) + 2, 0);
}
