import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemasContainer } from '@prisma/schema-engine-wasm';

const folder = fileURLToPath(new URL('../../prisma', import.meta.url));
const filters = { externalTables: [], externalEnums: [] };

/** What Prisma's schema engine does for us, on one SQLite file. */
export interface SchemaEngine {
  /** Applies the migrations that the file lacks, and gives their names. */
  apply(migrations: MigrationList): Promise<readonly string[]>;
  /** The SQL that makes the file's tables what prisma/schema.prisma says; empty when they are. */
  drift(): Promise<string>;
  close(): Promise<void>;
}

/** What lies in prisma/migrations, in the order in which it is applied. */
export async function migrationList(): Promise<MigrationList> {
  const baseDir = join(folder, 'migrations');
  const lockfile = 'migration_lock.toml';
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return {
    baseDir,
    lockfile: { path: lockfile, content: await readFile(join(baseDir, lockfile), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (path) => {
        const value = await readFile(join(baseDir, path, 'migration.sql'), 'utf8');
        return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
      }),
    ),
  };
}

/** @param file `:memory:` for comparisons that need no database. */
export async function openSchemaEngine(file: string): Promise<SchemaEngine> {
  const path = join(folder, 'schema.prisma');
  const schema: SchemasContainer = { files: [{ path, content: await readFile(path, 'utf8') }] };
  const { factory, dispose } = disposable(new PrismaBetterSqlite3({ url: file }));
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
      (await explained(engine.applyMigrations({ migrationsList, filters }))).appliedMigrationNames,
    drift: async () => {
      const from = { tag: 'schemaDatasource' as const, ...schema, configDir: folder };
      const to = { tag: 'schemaDatamodel' as const, ...schema };
      const { stdout } = await explained(engine.diff({ from, to, script: true, exitCode: null, filters }));
      return stdout?.includes(';') ? stdout : '';
    },
    close: async () => {
      engine.free();
      await dispose();
    },
  };
}

/** The engine locks the file for itself and leaves its connections to the garbage collector: so we close them. */
function disposable(inner: PrismaBetterSqlite3) {
  const connections: { dispose(): Promise<void> }[] = [];
  const kept = async <T extends { dispose(): Promise<void> }>(opening: Promise<T>) => {
    const connection = await opening;
    connections.push(connection);
    return connection;
  };
  return {
    factory: {
      provider: 'sqlite' as const,
      adapterName: inner.adapterName,
      connect: () => kept(inner.connect()),
      connectToShadowDb: () => kept(inner.connectToShadowDb()),
    },
    dispose: async () => {
      for (const connection of connections) await connection.dispose();
    },
  };
}

/** Puts the WebAssembly module together by hand: the package's own entry imports it in a way that Node warns about. */
async function loadEngine() {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const glueFile = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const { instance } = await WebAssembly.instantiate(await readFile(join(dirname(glueFile), 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports,
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports as { __wbindgen_start(): void }).__wbindgen_start();
  return glue;
}
