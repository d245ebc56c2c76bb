import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { type TObject, Type } from 'typebox';
import type { PoolSettings } from '../core/runtime.ts';
import { isJsonObject, type Json } from '../lib/json.ts';
import type { EnvironmentReader } from './variables.ts';

/** For modules that are loaded only when a pools file is set. */
const require = createRequire(import.meta.url);

const Limits = Type.Object(
  {
    memory_mib: Type.Integer({ minimum: 16, maximum: 1_048_576, default: 2_048 }),
    processes: Type.Integer({ minimum: 1, maximum: 10_000, default: 64 }),
    cpu_seconds: Type.Integer({ minimum: 1, maximum: 86_400, default: 600 }),
    file_mib: Type.Integer({ minimum: 1, maximum: 1_048_576, default: 100 }),
  },
  { additionalProperties: false, default: {} },
);
const CommandLine = Type.Array(Type.String({ minLength: 1, maxLength: 4_096 }), { maxItems: 256 });
const Env = Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }), Type.String(), { default: {} });

const CLOSED = { additionalProperties: false };
/** `job.` and names without wildcards. */
const TOPIC = '^(?=.{5,200}$)job(\\.[A-Za-z0-9_-]+)+$';
/** The schema of a pool, by runtime. */
const RUNTIMES: Readonly<Record<string, TObject>> = {
  inline: Type.Object({ runtime: Type.Literal('inline') }, CLOSED),
  remote: Type.Object(
    { runtime: Type.Literal('remote'), topic: Type.Optional(Type.String({ pattern: TOPIC })) },
    CLOSED,
  ),
  process: Type.Object(
    {
      runtime: Type.Literal('process'),
      command: CommandLine,
      env: Env,
      read_paths: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
      hosts: Type.Array(Type.String({ pattern: '^[^\\s:]+:\\d{1,5}$' }), { default: [] }),
      limits: Limits,
    },
    CLOSED,
  ),
  docker: Type.Object(
    {
      runtime: Type.Literal('docker'),
      image: Type.String({ pattern: '^[a-z0-9][\\w./:@-]*$', maxLength: 512 }),
      command: Type.Array(Type.String(), { default: [] }),
      env: Env,
      network: Type.Boolean({ default: false }),
      limits: Limits,
    },
    CLOSED,
  ),
};

/** A YAML file of pools by name; see docs/runtimes.md. `default` is inline unless the file defines it. */
export function readPools(read: EnvironmentReader, name: string): Readonly<Record<string, PoolSettings>> {
  const inline = { default: { runtime: 'inline' } } as const;
  const file = read.text(name);
  if (file === undefined) return inline;
  try {
    const { parse } = require('yaml') as typeof import('yaml');
    const document: unknown = parse(readFileSync(resolve(file), 'utf8')) ?? {};
    if (!isJsonObject(document)) throw new Error('it must be an object of pools by name');
    return {
      ...inline,
      ...Object.fromEntries(Object.entries(document).map(([pool, one]) => [pool, readPool(pool, one)])),
    };
  } catch (error) {
    read.addProblem(
      name,
      `${resolve(file)} cannot be used: ${(error as Error).message}; docs/runtimes.md has an example`,
    );
    return inline;
  }
}

/** @throws Error that states what is not valid */
function readPool(name: string, settings: Json): PoolSettings {
  if (!/^[A-Za-z][\w.-]{0,63}$/.test(name)) throw new Error(`${JSON.stringify(name)} is not a valid pool name`);
  const runtime = isJsonObject(settings) ? String(settings.runtime) : '';
  const schema = Object.hasOwn(RUNTIMES, runtime) ? RUNTIMES[runtime] : undefined;
  if (!schema) throw new Error(`${name} needs a runtime: ${Object.keys(RUNTIMES).join(', ')}`);
  const { Value } = require('typebox/value') as typeof import('typebox/value');
  const pool = Value.Default(schema, settings);
  const [problem] = Value.Errors(schema, pool);
  if (problem) throw new Error(`${name}${problem.instancePath} ${problem.message}`);
  if (runtime === 'remote') return { runtime, topic: topicOf(name, (pool as { readonly topic?: string }).topic) };
  const { read_paths: paths, ...rest } = pool as Record<string, unknown>;
  if (paths === undefined) return rest as PoolSettings;
  const readPaths = (paths as readonly string[]).map((path) => resolve(path));
  return {
    ...rest,
    readPaths,
    command: (rest.command as readonly string[]).map(resolveArgument),
  } as unknown as PoolSettings;
}

/** The topic of a remote pool. Default: `job.pool.NAME`. @throws Error for a name that cannot be a part of a topic */
export function topicOf(pool: string, topic?: string): string {
  if (topic !== undefined) return topic;
  if (/^[\w-]+$/.test(pool)) return `job.pool.${pool}`;
  throw new Error(`${pool} needs a topic, such as job.pool.${pool.replaceAll('.', '-')}: its name has a full stop`);
}

/** An argument that names a file is resolved against the server's working directory; the worker's is different. */
function resolveArgument(argument: string): string {
  return argument.includes('/') && existsSync(resolve(argument)) ? resolve(argument) : argument;
}
