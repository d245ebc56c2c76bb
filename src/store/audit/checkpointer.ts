import { setTimeout as sleep } from 'node:timers/promises';
import { isSignature, printNote, printNoteKey, signText } from '../../audit/signed-note.ts';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { Health, Logger } from '../../core/telemetry.ts';
import type { CheckpointKey } from './checkpoint-key.ts';
import { type CheckpointLog, openCheckpointLog } from './checkpoint-log.ts';
import { type Checkpoint, type CheckpointTable, textToSign } from './checkpoint-table.ts';
import { EMPTY_TREE_PREFIX, extendTree, rootHex, type TreePrefix } from './leaf-inclusion.ts';

/** Two intervals fit into the second within which the end of a run is signed. */
const SIGNING_INTERVAL_MS = 400;

/** Signs the tree of ended runs periodically. */
export interface Checkpointer {
  /** The public key, as `NAME+ID+BASE64`. */
  readonly publicKey: string;
  /** Signs runs that have ended since. Rejects if the store or the disk fails; the next tick tries again. */
  tick(): Promise<void>;
  /** Whether every end is signed in time, and if not, why. */
  health(): Health['checks'][number];
  /** The position up to which it has seen checkpoints of its key. */
  signedUpTo(): number;
  /** Signs once more, and stops. */
  stop(): Promise<void>;
}

interface CheckpointerDeps {
  readonly table: CheckpointTable;
  readonly key: CheckpointKey;
  /** The file outside the database. */
  readonly logFile: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The newest position of the journal, from memory: an idle server does not query its database. */
  head(): Promise<number>;
  /** Time between two ticks, in milliseconds. Default `SIGNING_INTERVAL_MS`. */
  readonly intervalMs?: number;
}

/**
 * Starts signing. A note is written to the file before its row is written to the database, so the database never has a
 * signature that the file lacks. Nodes with the same key may sign at the same time: leaves are in commit order, so equal
 * sizes have equal roots, and the primary key keeps one row per size.
 *
 * If the database's checkpoints do not continue the file's last note, history was rewritten: the checkpointer reports this in
 * the log and as DEGRADED, and no longer signs anything.
 */
export async function createCheckpointer(deps: CheckpointerDeps): Promise<Checkpointer> {
  const { table, key, logFile, logger, clock, head, intervalMs = SIGNING_INTERVAL_MS } = deps;
  let log: CheckpointLog | undefined;
  /** The newest tree that is known to be signed. */
  let signedTree: TreePrefix | undefined;
  let refusal: string | undefined;
  let failure: string | undefined;
  let seenHead = -1;
  let signedUpTo = 0;

  const refuse = (reason: string) => {
    refusal = reason;
    logger.error('audit.refused', { reason, file: logFile });
  };

  /** The tree that the file's last note and the database agree on. @throws Fault CONFLICT if they do not */
  const resume = async (): Promise<TreePrefix> => {
    log ??= await openCheckpointLog(logFile, key, logger);
    const last = log.last();
    const newest = await table.newest();
    if (!last) {
      // A node that joins a database has no file yet either.
      if (newest) logger.warn('audit.file_missing', { file: logFile, signedLeaves: newest.size });
      return newest ? trusted(newest) : EMPTY_TREE_PREFIX;
    }
    const signed = { size: last.size, root: Buffer.from(last.root).toString('hex') };
    const row = await table.bySize(last.size);
    const tree = row ?? (await restoreRow(signed, last.signature));
    if ((row && row.root !== signed.root) || rootHex(tree) !== signed.root) throw rewrittenHistoryFault(signed.size);
    signedUpTo = tree.position;
    return newest && newest.size > last.size ? follow(tree, newest) : tree;
  };

  /** The server may have stopped between the note and its row; then the leaves still lead to the signed root. */
  const restoreRow = async (signed: Pick<Checkpoint, 'size' | 'root'>, signature: Buffer): Promise<TreePrefix> => {
    const older = await table.largestBelow(signed.size);
    const tree = await extendTree(table, older ? await trusted(older) : EMPTY_TREE_PREFIX, await head(), signed.size);
    if (!matchesCheckpoint(tree, signed)) throw rewrittenHistoryFault(signed.size);
    await table.add({ ...signed, ...tree, signature, keyId: key.id, at: clock.now() });
    return tree;
  };

  /** A checkpoint of this key is trusted by its signature; for another key's the whole tree is recomputed. */
  const trusted = async (checkpoint: Checkpoint): Promise<TreePrefix> => {
    const own = checkpoint.keyId === key.id && isSignature(textToSign(key.name, checkpoint), checkpoint.signature, key);
    const tree = own ? checkpoint : await extendTree(table, EMPTY_TREE_PREFIX, checkpoint.position);
    if (!matchesCheckpoint(tree, checkpoint)) throw rewrittenHistoryFault(checkpoint.size);
    if (own) signedUpTo = tree.position;
    return tree;
  };

  /** A checkpoint that another node has signed since must continue the tree. */
  const follow = async (from: TreePrefix, newest: Checkpoint): Promise<TreePrefix> => {
    const tree = await extendTree(table, from, newest.position);
    if (!matchesCheckpoint(tree, newest)) throw rewrittenHistoryFault(newest.size);
    if (newest.keyId === key.id) signedUpTo = tree.position;
    return tree;
  };

  const current = async (): Promise<TreePrefix> => {
    if (!signedTree) return resume();
    const newest = await table.newest();
    if ((newest?.size ?? 0) < signedTree.frontier.size) throw rewrittenHistoryFault(signedTree.frontier.size);
    return newest ? follow(signedTree, newest) : signedTree;
  };

  const sign = async (): Promise<void> => {
    const end = await head();
    if (end === seenHead) return;
    signedTree = await current();
    const tree = await extendTree(table, signedTree, end);
    const { size } = tree.frontier;
    if (size > signedTree.frontier.size) {
      const signed = { size, root: rootHex(tree) };
      const text = textToSign(key.name, signed);
      const signature = signText(text, key.privateKey);
      await log?.append(printNote(text, key, signature));
      await table.add({ ...signed, ...tree, signature, keyId: key.id, at: clock.now() });
      signedTree = tree;
      signedUpTo = tree.position;
    }
    seenHead = end;
  };

  let lastTick: Promise<void> = Promise.resolve();
  const tick = (): Promise<void> => {
    const next = lastTick.then(async () => {
      if (refusal !== undefined) return;
      try {
        await sign();
        failure = undefined;
      } catch (error) {
        if (error instanceof Fault && error.code === 'CONFLICT') return refuse(error.message);
        if (failure === undefined) logger.error('audit.failed', { error: String(error) });
        failure = String(error);
        throw error;
      }
    });
    lastTick = next.catch(() => {});
    return next;
  };

  const stopping = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await tick().catch(() => {});
      await sleep(intervalMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  })();
  // The first tick detects rewritten history before the server accepts requests.
  await tick().catch(() => {});

  return {
    publicKey: printNoteKey(key),
    tick,
    signedUpTo: () => signedUpTo,
    health: () => {
      if (refusal !== undefined)
        return { name: 'audit', status: 'DEGRADED', detail: 'Checkpoints do not match the journal; see the log.' };
      if (failure !== undefined)
        return { name: 'audit', status: 'DEGRADED', detail: 'Checkpoints cannot be written; see the log.' };
      return { name: 'audit', status: 'OK' };
    },
    stop: async () => {
      stopping.abort();
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
    `The journal does not lead to the signed checkpoint of ${size} leaves: its events were changed, or an older database was restored. Nothing is signed until this is resolved; docs/audit.md explains how.`,
  );
}
