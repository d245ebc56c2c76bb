import { setTimeout as sleep } from 'node:timers/promises';
import { isSignature, printNote, printNoteKey, signText } from '../../audit/signed-note.ts';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { Health, Logger } from '../../core/telemetry.ts';
import type { CheckpointKey } from './checkpoint-key.ts';
import { type CheckpointLog, openCheckpointLog } from './checkpoint-log.ts';
import { type Checkpoint, type CheckpointTable, textToSign } from './checkpoint-table.ts';
import { EMPTY_TREE_PREFIX, extendTree, rootHex, type TreePrefix } from './leaf-inclusion.ts';

/** Two of these are within the second in which the end of a run is signed. */
const SIGNING_INTERVAL_MS = 400;

/** Signs the tree of ended runs, again and again. */
export interface Checkpointer {
  /** The public key, as `NAME+ID+BASE64`. */
  readonly publicKey: string;
  /** Signs what has ended since, if anything. It rejects when the store or the disk refuses; the next one goes on. */
  tick(): Promise<void>;
  /** Whether every end is signed in time, and what keeps it. */
  health(): Health['checks'][number];
  /** Up to which position it has seen checkpoints of its key. */
  signedUpTo(): number;
  /** Signs once more, and ends. */
  stop(): Promise<void>;
}

interface CheckpointerDeps {
  readonly table: CheckpointTable;
  readonly key: CheckpointKey;
  /** The file outside the database. */
  readonly logFile: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The newest position of the journal, from memory: an idle server asks its database for nothing. */
  head(): Promise<number>;
  /** Between two looks, in milliseconds; short unless told. */
  readonly intervalMs?: number;
}

/**
 * Starts signing. A note is in the file before its row is in the database, so the database never knows of a signature
 * that the file does not. Nodes with the same key may sign at once: leaves are in commit order, so equal sizes have equal
 * roots, and the primary key keeps one row of each.
 *
 * Where the database's checkpoints do not continue the file's last note, history was rewritten: then it says so, in the
 * log and as DEGRADED, and signs nothing any more.
 */
export async function createCheckpointer(deps: CheckpointerDeps): Promise<Checkpointer> {
  const { table, key, logFile, logger, clock, head, intervalMs = SIGNING_INTERVAL_MS } = deps;
  let log: CheckpointLog | undefined;
  let known: TreePrefix | undefined;
  let refused: string | undefined;
  let failed: string | undefined;
  let seenHead = -1;
  let signedUpTo = 0;

  const refuse = (reason: string) => {
    refused = reason;
    logger.error('audit.refused', { reason, file: logFile });
  };

  /** The tree that the file's last note and the database agree on. @throws Fault CONFLICT when they do not */
  const begin = async (): Promise<TreePrefix> => {
    log ??= await openCheckpointLog(logFile, key);
    const last = log.last();
    const newest = await table.newest();
    if (!last) return newest ? trusted(newest) : EMPTY_TREE_PREFIX;
    const signed = { size: last.size, root: Buffer.from(last.root).toString('hex') };
    const row = await table.bySize(last.size);
    const tree = row ?? (await missing(signed, last.signature));
    if ((row && row.root !== signed.root) || rootHex(tree) !== signed.root) throw rewrittenHistoryFault(signed.size);
    signedUpTo = tree.position;
    return newest && newest.size > last.size ? follow(tree, newest) : tree;
  };

  /** The server may have ended between the note and its row; then the leaves still lead to what was signed. */
  const missing = async (signed: Pick<Checkpoint, 'size' | 'root'>, signature: Buffer): Promise<TreePrefix> => {
    const older = await table.largestBelow(signed.size);
    const tree = await extendTree(table, older ? await trusted(older) : EMPTY_TREE_PREFIX, await head(), signed.size);
    if (!matchesCheckpoint(tree, signed)) throw rewrittenHistoryFault(signed.size);
    await table.add({ ...signed, ...tree, signature, keyId: key.id, at: clock.now() });
    return tree;
  };

  /** A checkpoint of this key is worth its signature; for another key's the whole tree is computed anew. */
  const trusted = async (checkpoint: Checkpoint): Promise<TreePrefix> => {
    const own = checkpoint.keyId === key.id && isSignature(textToSign(key.name, checkpoint), checkpoint.signature, key);
    const tree = own ? checkpoint : await extendTree(table, EMPTY_TREE_PREFIX, checkpoint.position);
    if (!matchesCheckpoint(tree, checkpoint)) throw rewrittenHistoryFault(checkpoint.size);
    if (own) signedUpTo = tree.position;
    return tree;
  };

  /** What another node has signed since must continue what is known. */
  const follow = async (from: TreePrefix, newest: Checkpoint): Promise<TreePrefix> => {
    const tree = await extendTree(table, from, newest.position);
    if (!matchesCheckpoint(tree, newest)) throw rewrittenHistoryFault(newest.size);
    if (newest.keyId === key.id) signedUpTo = tree.position;
    return tree;
  };

  const current = async (): Promise<TreePrefix> => {
    if (!known) return begin();
    const newest = await table.newest();
    if ((newest?.size ?? 0) < known.frontier.size) throw rewrittenHistoryFault(known.frontier.size);
    return newest ? follow(known, newest) : known;
  };

  const sign = async (): Promise<void> => {
    const end = await head();
    if (end === seenHead) return;
    known = await current();
    const tree = await extendTree(table, known, end);
    const { size } = tree.frontier;
    if (size > known.frontier.size) {
      const signed = { size, root: rootHex(tree) };
      const text = textToSign(key.name, signed);
      const signature = signText(text, key.privateKey);
      await log?.append(printNote(text, key, signature));
      await table.add({ ...signed, ...tree, signature, keyId: key.id, at: clock.now() });
      known = tree;
      signedUpTo = tree.position;
    }
    seenHead = end;
  };

  let turn: Promise<void> = Promise.resolve();
  const tick = (): Promise<void> => {
    const next = turn.then(async () => {
      if (refused !== undefined) return;
      try {
        await sign();
        failed = undefined;
      } catch (error) {
        if (error instanceof Fault && error.code === 'CONFLICT') return refuse(error.message);
        if (failed === undefined) logger.error('audit.failed', { error: String(error) });
        failed = String(error);
        throw error;
      }
    });
    turn = next.catch(() => {});
    return next;
  };

  const ended = new AbortController();
  const loop = (async () => {
    while (!ended.signal.aborted) {
      await tick().catch(() => {});
      await sleep(intervalMs, undefined, { signal: ended.signal, ref: false }).catch(() => {});
    }
  })();
  // The first look tells whether history was rewritten, before the server serves anybody.
  await tick().catch(() => {});

  return {
    publicKey: printNoteKey(key),
    tick,
    signedUpTo: () => signedUpTo,
    health: () => {
      if (refused !== undefined)
        return { name: 'audit', status: 'DEGRADED', detail: 'Checkpoints do not fit the journal; the log has more.' };
      if (failed !== undefined)
        return { name: 'audit', status: 'DEGRADED', detail: 'Checkpoints cannot be written; the log has more.' };
      return { name: 'audit', status: 'OK' };
    },
    stop: async () => {
      ended.abort();
      await loop;
      await tick().catch(() => {});
      await log?.close();
    },
  };
}

function matchesCheckpoint(tree: TreePrefix, { size, root }: Pick<Checkpoint, 'size' | 'root'>): boolean {
  return tree.frontier.size === size && rootHex(tree) === root;
}

function rewrittenHistoryFault(size: number): Fault {
  return new Fault(
    'CONFLICT',
    `The journal does not lead to the checkpoint of ${size} leaves that was signed: what it covers was changed, or an older database was restored. Nothing is signed until this is cleared up; docs/audit.md tells how.`,
  );
}
