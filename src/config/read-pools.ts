import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { parse } from 'yaml';
import type { PoolSettings } from '../core/runtime.ts';
import type { Variables } from './variables.ts';

const Limits = Type.Object(
  {
    memory_mib: Type.Integer({ minimum: 16, maximum: 1_048_576, default: 512 }),
    processes: Type.Integer({ minimum: 1, maximum: 10_000, default: 64 }),
    cpu_seconds: Type.Integer({ minimum: 1, maximum: 86_400, default: 600 }),
    file_mib: Type.Integer({ minimum: 1, maximum: 1_048_576, default: 100 }),
  },
  { additionalProperties: false, default: {} },
);
const Words = Type.Array(Type.String({ minLength: 1, maxLength: 4_096 }), { maxItems: 256 });
const Env = Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }), Type.String(), { default: {} });

const Pool = Type.Union([
  Type.Object({ runtime: Type.Literal('inline') }, { additionalProperties: false }),
  Type.Object(
    {
      runtime: Type.Literal('process'),
      command: Words,
      env: Env,
      read_paths: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
      hosts: Type.Array(Type.String({ pattern: '^[^\\s:]+:\\d{1,5}$' }), { default: [] }),
      limits: Limits,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      runtime: Type.Literal('docker'),
      image: Type.String({ pattern: '^[a-z0-9][\\w./:@-]*$', maxLength: 512 }),
      command: Type.Array(Type.String(), { default: [] }),
      env: Env,
      network: Type.Boolean({ default: false }),
      limits: Limits,
    },
    { additionalProperties: false },
  ),
]);
const Pools = Type.Record(Type.String({ pattern: '^[A-Za-z][\\w.-]{0,63}$' }), Pool);

/** A YAML file of pools by name, as docs/runtimes.md has it. `default` is inline unless the file says otherwise. */
export function readPools(read: Variables, name: string): Readonly<Record<string, PoolSettings>> {
  const inline = { default: { runtime: 'inline' } } as const;
  const file = read.text(name);
  if (file === undefined) return inline;
  try {
    const given = Value.Default(Pools, parse(readFileSync(resolve(file), 'utf8')) ?? {});
    const [problem] = Value.Errors(Pools, given);
    if (problem) throw new Error(`${problem.instancePath || '/'} ${problem.message}`);
    const pools = given as Record<string, Record<string, unknown>>;
    return { ...inline, ...Object.fromEntries(Object.entries(pools).map(([key, pool]) => [key, settingsOf(pool)])) };
  } catch (error) {
    read.problem(name, `${resolve(file)} cannot be used: ${(error as Error).message}; docs/runtimes.md has an example`);
    return inline;
  }
}

function settingsOf({ read_paths: paths, ...rest }: Record<string, unknown>): PoolSettings {
  if (paths === undefined) return rest as PoolSettings;
  return { ...rest, readPaths: (paths as readonly string[]).map((path) => resolve(path)) } as unknown as PoolSettings;
}
