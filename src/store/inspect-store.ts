import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Secret } from '../config/secrets.ts';
import { readCheckpointKey } from './audit/checkpoint-key.ts';
import { readLastCheckpoint } from './audit/checkpoint-log.ts';
import { createCheckpointTable } from './audit/checkpoint-table.ts';
import { type AuditOptions, auditKeyFile } from './audit/open-audit.ts';
import { followTree, treeOfNote, trustedTree } from './audit/signed-tree.ts';
import { type DatabaseConfig, revealDatabaseUrl } from './connections/database-config.ts';
import type { Prisma } from './connections/transactions.ts';
import type { PageChecksums } from './postgres/check-pages.ts';

export interface AuditState {
  /** Leaves that the newest checkpoint of the database covers, and that the last note of the file covers; 0 without one. */
  readonly signedLeaves: number;
  readonly notedLeaves: number;
}

/**
 * Compares the checkpoint file with the database as a start does, and changes nothing; a server may be using both.
 * @returns undefined if nothing was ever signed
 * @throws Fault CONFLICT if they do not agree, BAD_INPUT for an unusable key, UNAVAILABLE
 */
export async function inspectAudit(database: DatabaseConfig, options: AuditOptions): Promise<AuditState | undefined> {
  if (database.kind === 'sqlite' && !existsSync(database.file)) return undefined;
  const { prisma, close } = await openForReading(database);
  try {
    const table = createCheckpointTable(prisma, { run: readOnly, write: readOnly, close: async () => {} });
    const newest = await table.newest();
    const keyFile = auditKeyFile(options);
    if (!newest && !existsSync(keyFile)) return undefined;
    const key = readCheckpointKey(keyFile, { make: false });
    const last = await readLastCheckpoint(join(options.folder, 'checkpoints.log'), key);
    if (last) {
      const { tree } = await treeOfNote(table, key, last, Number.MAX_SAFE_INTEGER);
      if (newest && newest.size > last.size) await followTree(table, tree, newest);
    } else if (newest) await trustedTree(table, key, newest);
    return { signedLeaves: newest?.size ?? 0, notedLeaves: last?.size ?? 0 };
  } finally {
    await close();
  }
}

/** How PostgreSQL notices damaged pages of the database. @throws Fault UNAVAILABLE */
export async function inspectChecksums(url: string | Secret): Promise<PageChecksums> {
  const [{ connectToMigrate }, { readPageChecksums }] = await Promise.all([
    import('./migrations/migrate-postgres.ts'),
    import('./postgres/check-pages.ts'),
  ]);
  const client = await connectToMigrate(revealDatabaseUrl(url));
  try {
    return await readPageChecksums(client);
  } finally {
    await client.end();
  }
}

const readOnly = () => Promise.reject(new Error('the store is open for reading'));

async function openForReading(database: DatabaseConfig): Promise<{ prisma: Prisma; close(): Promise<void> }> {
  if (database.kind === 'sqlite') {
    const { openSqlitePrisma } = await import('./connections/sqlite-prisma.ts');
    const prisma = await openSqlitePrisma(database.file, { readonly: true });
    return { prisma, close: () => prisma.$disconnect() };
  }
  const [{ PrismaPg }, { openPostgresPrisma }, { connectionConfig }] = await Promise.all([
    import('@prisma/adapter-pg'),
    import('./connections/postgres-prisma.ts'),
    import('./connections/postgres-connection.ts'),
  ]);
  const prisma = openPostgresPrisma(new PrismaPg(connectionConfig(revealDatabaseUrl(database.url), 'doctor')));
  return { prisma, close: () => prisma.$disconnect() };
}
