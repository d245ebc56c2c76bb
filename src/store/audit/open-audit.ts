import { join } from 'node:path';
import { type ConsistencyExport, exportConsistency, MAX_CONSISTENCY_LEAVES } from '../../audit/consistency-export.ts';
import { createSubtrees } from '../../audit/merkle-proof.ts';
import { exportRun, type RunExport } from '../../audit/run-export.ts';
import { runLeafHash } from '../../audit/run-leaf.ts';
import { printNote, printNoteKey } from '../../audit/signed-note.ts';
import { type Clock, systemClock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { Journal } from '../../core/journal.ts';
import type { Scope } from '../../core/principal.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import type { EventRow } from '../rows/event-row.ts';
import { type CheckpointKey, readCheckpointKey } from './checkpoint-key.ts';
import { type Checkpoint, type CheckpointTable, createCheckpointTable, textToSign } from './checkpoint-table.ts';
import { type Checkpointer, createCheckpointer } from './checkpointer.ts';
import { findInclusion, type TreePrefix } from './leaf-inclusion.ts';
import { createVerifyLeaves, type VerifyLeaves } from './verify-leaves.ts';

/** Where checkpoints are kept, in addition to the database, and how they are signed. */
export interface AuditOptions {
  /** Holds the file `checkpoints.log`, and the key unless `keyFile` is set. */
  readonly folder: string;
  /** Ed25519 key in PKCS#8 PEM; must exist. */
  readonly keyFile?: string;
  readonly clock?: Clock;
  /** Time between two checks for ended runs, in milliseconds. Default 400. */
  readonly intervalMs?: number;
}

export interface Audit {
  /** Undefined if nothing is signed. */
  readonly checkpointer: Checkpointer | undefined;
  readonly verifyLeaves: VerifyLeaves;
  /**
   * The run as the input of `verifyRunOffline`; undefined if the scope does not cover it.
   * @param maxBytes of its events, each counted as its payload and EXPORTED_EVENT_BYTES; default: no limit
   * @throws Fault RESOURCE_TOO_LARGE
   */
  exportRun(scope: Scope, id: string, maxBytes?: number): Promise<RunExport | undefined>;
  /**
   * Proves that a newer signed tree starts with an older one.
   * @param olderSize of a checkpoint
   * @param newerSize of a checkpoint; default: the newest one within MAX_CONSISTENCY_LEAVES of the older one
   * @throws Fault NOT_FOUND without such checkpoints, RESOURCE_TOO_LARGE if more leaves are between them
   */
  exportConsistency(olderSize: number, newerSize?: number): Promise<ConsistencyExport>;
}

interface OpenAuditDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly journal: Pick<Journal, 'head'>;
  readonly logger: Logger;
  readonly run: StoreReader['run'];
  rows(runId: string): AsyncIterable<EventRow>;
}

/** What an exported event takes in addition to its payload: hashes, names, times. */
const EXPORTED_EVENT_BYTES = 512;

/** The audit tree over a store. Without options and key its leaves are verified, but nothing is signed. */
export async function openAudit(
  deps: OpenAuditDeps,
  options: AuditOptions | undefined,
  key: CheckpointKey | undefined,
): Promise<Audit> {
  const table = createCheckpointTable(deps.prisma, deps.transactions);
  const checkpointer =
    options &&
    key &&
    (await createCheckpointer({
      table,
      key,
      logFile: join(options.folder, 'checkpoints.log'),
      logger: deps.logger,
      clock: options.clock ?? systemClock,
      head: () => deps.journal.head(),
      ...(options.intervalMs !== undefined && { intervalMs: options.intervalMs }),
    }));
  const signed = key && checkpointer && { key, signedUpTo: () => checkpointer.signedUpTo() };
  return {
    checkpointer,
    verifyLeaves: createVerifyLeaves({ table, ...(signed && { signed }) }),
    exportRun: async (scope, id, maxBytes = Number.POSITIVE_INFINITY) => {
      const run = await deps.run(scope, id);
      if (!run) return undefined;
      const rows: EventRow[] = [];
      let bytes = 0;
      for await (const row of deps.rows(id)) {
        if (row.seq > run.seq) continue;
        rows.push(row);
        bytes += Buffer.byteLength(row.payload) + EXPORTED_EVENT_BYTES;
        if (bytes > maxBytes) throw exportTooLarge(id, maxBytes);
      }
      const leaf = (await table.leavesOfRun(id)).findLast(({ seq }) => seq <= run.seq);
      const inclusion = leaf && key && (await findInclusion(table, key, leaf));
      if (!inclusion || inclusion.problem !== undefined) return exportRun(id, rows);
      const { index, checkpoint, base } = inclusion;
      const subtrees = await loadSubtrees(table, base, checkpoint);
      const text = textToSign(key.name, checkpoint);
      const { seq, hash } = leaf;
      return exportRun(id, rows, { leaf: { index, seq, hash, subtrees, checkpoint: { ...checkpoint, text } }, key });
    },
    exportConsistency: async (olderSize, newerSize) => {
      const older = key && (await table.bySize(olderSize));
      if (!older) throw noCheckpoint(olderSize);
      const newer = await table.newestOf(key.id, newerSize ?? olderSize + MAX_CONSISTENCY_LEAVES);
      if (!newer || newer.size < Math.max(olderSize, newerSize ?? 0))
        throw noCheckpoint(newerSize ?? olderSize, key.name);
      if (newer.size - olderSize > MAX_CONSISTENCY_LEAVES) throw tooFarApart(olderSize, newer.size);
      const subtrees = await loadSubtrees(table, older, newer);
      return exportConsistency(older.size, newer.size, subtrees, {
        ...(older.keyId === key.id && { older: printCheckpoint(key, older) }),
        newer: printCheckpoint(key, newer),
        publicKey: printNoteKey(key),
      });
    },
  };
}

function exportTooLarge(id: string, maxBytes: number): Fault {
  const message = `The events of ${id} are larger than an export may be (${maxBytes} bytes). Verify the run on the server, with verifyRun.`;
  return new Fault('RESOURCE_TOO_LARGE', message, { details: { maxBytes } });
}

function noCheckpoint(size: number, origin?: string): Fault {
  const which = origin === undefined ? `of ${size} leaves` : `of ${size} leaves or a little more, signed by ${origin}`;
  return new Fault('NOT_FOUND', `There is no checkpoint ${which}. Use sizes from checkpoints.log.`);
}

function tooFarApart(olderSize: number, newerSize: number): Fault {
  const message = `There are ${newerSize - olderSize} leaves between the checkpoints; at most ${MAX_CONSISTENCY_LEAVES} are possible. Leave out newerSize, and continue from the size of the answer.`;
  return new Fault('RESOURCE_TOO_LARGE', message, { details: { maxLeaves: MAX_CONSISTENCY_LEAVES } });
}

/** @throws Fault BAD_INPUT */
export function readAuditKey(options: AuditOptions): CheckpointKey {
  return readCheckpointKey(auditKeyFile(options), { make: options.keyFile === undefined });
}

export function auditKeyFile({ folder, keyFile }: AuditOptions): string {
  return keyFile ?? join(folder, 'checkpoint-key.pem');
}

async function loadSubtrees(table: CheckpointTable, from: TreePrefix, { position }: Checkpoint) {
  const later: Buffer[] = [];
  for await (const leaf of table.leaves(from.position, position)) later.push(runLeafHash(leaf));
  return createSubtrees(from.frontier, later);
}

function printCheckpoint(key: CheckpointKey, checkpoint: Checkpoint): string {
  return printNote(textToSign(key.name, checkpoint), key, checkpoint.signature);
}
