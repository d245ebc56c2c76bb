import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemasContainer } from '@prisma/schema-engine-wasm';

const SCHEMA_FILTERS = { externalTables: [], externalEnums: [] };

/** A database to migrate, with its URL in plain text. SQLite's `:memory:` is for comparisons that need no database. */
export type MigrationTarget =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** Prisma's schema engine on one database. */
export interface SchemaEngine {
  /** Applies the migrations that the database lacks. @returns their names */
  apply(migrations: MigrationList): Promise<readonly string[]>;
  /** The SQL that changes the tables to match the schema; empty if they do. */
  drift(): Promise<string>;
  close(): Promise<void>;
}

/** The folder of the schema and the migrations of such databases. */
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

  /** The engine reports an error of the driver only by a number. */
  const withDriverErrors = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      const [, id] = /External error id#(\d+)/.exec(String(cause)) ?? [];
      const driverError = id === undefined ? undefined : adapter.errorRegistry.consumeError(Number(id))?.error;
      throw driverError === undefined ? cause : new Error(String(driverError), { cause });
    }
  };

  return {
    apply: async (migrationsList) =>
      (await withDriverErrors(engine.applyMigrations({ migrationsList, filters: SCHEMA_FILTERS })))
        .appliedMigrationNames,
    drift: async () => {
      const from = { tag: 'schemaDatasource' as const, ...schema, configDir: folder };
      const to = { tag: 'schemaDatamodel' as const, ...schema };
      const { stdout } = await withDriverErrors(
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

/** Loads only the driver that the database needs. */
async function createAdapter(target: MigrationTarget): Promise<SqlMigrationAwareDriverAdapterFactory> {
  if (target.kind === 'sqlite') {
    const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3');
    return withQuotedTexts(new PrismaBetterSqlite3({ url: target.file }));
  }
  const [{ PrismaPg }, { openMigrationPool }] = await Promise.all([
    import('@prisma/adapter-pg'),
    import('../connections/postgres-connection.ts'),
  ]);
  return new PrismaPg(openMigrationPool(target.url), { disposeExternalPool: true });
}

/** Where the engine reads a partial index, it quotes a text like a name, which this build of SQLite rejects. */
function withQuotedTexts(inner: SqlMigrationAwareDriverAdapterFactory): SqlMigrationAwareDriverAdapterFactory {
  const connect = async (opening: Promise<SqlDriverAdapter>) => {
    const connection = await opening;
    const query = connection.queryRaw.bind(connection);
    connection.queryRaw = ({ sql, ...rest }) =>
      query({ ...rest, sql: sql.replace(/(?<= AND name = )"(\w+)"/, "'$1'") });
    return connection;
  };
  return {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connect: () => connect(inner.connect()),
    connectToShadowDb: () => connect(inner.connectToShadowDb()),
  };
}

/** The engine locks the database, and leaves its connections to the garbage collector, so they are closed here. */
function trackConnections(inner: SqlMigrationAwareDriverAdapterFactory) {
  const connections: { dispose(): Promise<void> }[] = [];
  const track = async <T extends { dispose(): Promise<void> }>(opening: Promise<T>) => {
    const connection = await opening;
    connections.push(connection);
    return connection;
  };
  return {
    factory: {
      provider: inner.provider,
      adapterName: inner.adapterName,
      connect: () => track(inner.connect()),
      connectToShadowDb: () => track(inner.connectToShadowDb()),
    },
    dispose: async () => {
      for (const connection of connections) await connection.dispose();
    },
  };
}

type Engine = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

/** Loaded once: the module keeps views of its first instance's memory, and would use them with a second one too. */
let loadedEngine: Promise<Engine> | undefined;

function loadEngine(): Promise<Engine> {
  loadedEngine ??= instantiateEngine();
  return loadedEngine;
}

/** Instantiates the WebAssembly module by hand: the package's entry imports it in a way that Node warns about. */
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
