import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemasContainer } from '@prisma/schema-engine-wasm';

const SCHEMA_FILTERS = { externalTables: [], externalEnums: [] };

/** A database to migrate; its URL in the clear. SQLite's `:memory:` serves comparisons that need no database. */
export type MigrationTarget =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** What Prisma's schema engine does for us, on one database. */
export interface SchemaEngine {
  /** Applies the migrations that the database lacks, and gives their names. */
  apply(migrations: MigrationList): Promise<readonly string[]>;
  /** The SQL that makes the tables what the schema says; empty when they are. */
  drift(): Promise<string>;
  close(): Promise<void>;
}

/** Where schema and migrations of such databases lie. */
function schemaFolder(kind: MigrationTarget['kind']): string {
  return fileURLToPath(new URL(kind === 'sqlite' ? '../../../prisma' : '../../../prisma/postgres', import.meta.url));
}

/** Names of the migrations of such databases, in the order in which they are applied. */
export async function listMigrationNames(kind: MigrationTarget['kind']): Promise<readonly string[]> {
  const entries = await readdir(join(schemaFolder(kind), 'migrations'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** The migrations of such databases, in the order in which they are applied. */
export async function readMigrations(kind: MigrationTarget['kind']): Promise<MigrationList> {
  const baseDir = join(schemaFolder(kind), 'migrations');
  const lockfile = 'migration_lock.toml';
  return {
    baseDir,
    lockfile: { path: lockfile, content: await readFile(join(baseDir, lockfile), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      (await listMigrationNames(kind)).map(async (path) => {
        const value = await readFile(join(baseDir, path, 'migration.sql'), 'utf8');
        return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
      }),
    ),
  };
}

export async function openSchemaEngine(target: MigrationTarget): Promise<SchemaEngine> {
  const folder = schemaFolder(target.kind);
  const path = join(folder, 'schema.prisma');
  const schema: SchemasContainer = { files: [{ path, content: await readFile(path, 'utf8') }] };
  const { factory, dispose } = trackConnections(await createAdapter(target));
  const adapter = bindMigrationAwareSqlAdapterFactory(factory);
  const { SchemaEngine } = await loadEngine();
  const datamodels = schema.files.map(({ path, content }): [string, string] => [path, content]);
  const engine = await SchemaEngine.new({ datamodels }, () => {}, adapter);

  /** The engine knows an error of the driver by its number only. */
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      const [, id] = /External error id#(\d+)/.exec(String(cause)) ?? [];
      const known = id === undefined ? undefined : adapter.errorRegistry.consumeError(Number(id))?.error;
      throw known === undefined ? cause : new Error(String(known), { cause });
    }
  };

  return {
    apply: async (migrationsList) =>
      (await explained(engine.applyMigrations({ migrationsList, filters: SCHEMA_FILTERS }))).appliedMigrationNames,
    drift: async () => {
      const from = { tag: 'schemaDatasource' as const, ...schema, configDir: folder };
      const to = { tag: 'schemaDatamodel' as const, ...schema };
      const { stdout } = await explained(
        engine.diff({ from, to, script: true, exitCode: null, filters: SCHEMA_FILTERS }),
      );
      return stdout?.includes(';') ? stdout : '';
    },
    close: async () => {
      engine.free();
      await dispose();
    },
  };
}

/** Loads what the database needs, and nothing of the other one. */
async function createAdapter(target: MigrationTarget): Promise<SqlMigrationAwareDriverAdapterFactory> {
  if (target.kind === 'sqlite') {
    const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3');
    return new PrismaBetterSqlite3({ url: target.file });
  }
  const [{ PrismaPg }, { openMigrationPool }] = await Promise.all([
    import('@prisma/adapter-pg'),
    import('../connections/postgres-connection.ts'),
  ]);
  return new PrismaPg(openMigrationPool(target.url), { disposeExternalPool: true });
}

/** The engine locks the database for itself and leaves its connections to the garbage collector: so we close them. */
function trackConnections(inner: SqlMigrationAwareDriverAdapterFactory) {
  const connections: { dispose(): Promise<void> }[] = [];
  const kept = async <T extends { dispose(): Promise<void> }>(opening: Promise<T>) => {
    const connection = await opening;
    connections.push(connection);
    return connection;
  };
  return {
    factory: {
      provider: inner.provider,
      adapterName: inner.adapterName,
      connect: () => kept(inner.connect()),
      connectToShadowDb: () => kept(inner.connectToShadowDb()),
    },
    dispose: async () => {
      for (const connection of connections) await connection.dispose();
    },
  };
}

type Engine = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

/** One for all: the module keeps views of its instance's memory, and would go on using them with another one. */
let loadedEngine: Promise<Engine> | undefined;

function loadEngine(): Promise<Engine> {
  loadedEngine ??= instantiateEngine();
  return loadedEngine;
}

/** Puts the WebAssembly module together by hand: the package's own entry imports it in a way that Node warns about. */
async function instantiateEngine(): Promise<Engine> {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const glueFile = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const { instance } = await WebAssembly.instantiate(await readFile(join(dirname(glueFile), 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports,
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports as { __wbindgen_start(): void }).__wbindgen_start();
  return glue;
}
