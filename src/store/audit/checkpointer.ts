import { setTimeout as sleep } from 'node:timers/promises';
import { printNote, printNoteKey, signText } from '../../audit/signed-note.ts';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { Health, Logger } from '../../core/telemetry.ts';
import type { CheckpointKey } from './checkpoint-key.ts';
import { type CheckpointLog, openCheckpointLog } from './checkpoint-log.ts';
import { type Checkpoint, type CheckpointTable, textToSign } from './checkpoint-table.ts';
import { EMPTY_TREE_PREFIX, extendTree, rootHex, type TreePrefix } from './leaf-inclusion.ts';
import { followTree, rewrittenHistoryFault, treeOfNote, trustedTree } from './signed-tree.ts';

/** Two intervals fit into the second within which the end of a run is signed. */
const SIGNING_INTERVAL_MS = 400;

/** Leaves that a start reads at most, in some tens of milliseconds; a longer tree is recomputed while the server runs. */
const MAX_START_LEAVES = 10_000;

/** What health reports. */
const REMOVED =
  'The file checkpoints.log was removed or replaced while the server runs. Put it back; until then nothing is signed.';
const REFUSED =
  'Checkpoints do not match the journal, and nothing is signed. The log has the reason; docs/audit.md explains what to do.';
const FAILED = 'Checkpoints cannot be written; the log has the reason. Check the disk and the database.';

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
  const { key, logFile, logger, clock, head, intervalMs = SIGNING_INTERVAL_MS } = deps;
  const stopping = new AbortController();
  const { promise: isLong, resolve: reportLong } = Promise.withResolvers<void>();
  const table: CheckpointTable = {
    ...deps.table,
    async *leaves(after, upTo) {
      let read = 0;
      for await (const leaf of deps.table.leaves(after, upTo)) {
        read += 1;
        if (read === MAX_START_LEAVES) reportLong();
        // What remains is signed by the next start.
        if (read > MAX_START_LEAVES && stopping.signal.aborted) throw new Error('the server is stopping');
        yield leaf;
      }
    },
  };
  let log: CheckpointLog | undefined;
  /** The newest tree that is known to be signed. */
  let signedTree: TreePrefix | undefined;
  let refusal: string | undefined;
  let failure: string | undefined;
  let isMisplaced = false;
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
    const { tree, isStored } = await treeOfNote(table, key, last, await head());
    if (!isStored) {
      const { size, root, signature } = last;
      await table.add({
        size,
        root: Buffer.from(root).toString('hex'),
        ...tree,
        signature,
        keyId: key.id,
        at: clock.now(),
      });
    }
    signedUpTo = tree.position;
    return newest && newest.size > last.size ? follow(tree, newest) : tree;
  };

  const trusted = async (checkpoint: Checkpoint): Promise<TreePrefix> => {
    const { tree, isOwn } = await trustedTree(table, key, checkpoint);
    if (isOwn) signedUpTo = tree.position;
    return tree;
  };

  /** Another node has signed the checkpoint since. */
  const follow = async (from: TreePrefix, newest: Checkpoint): Promise<TreePrefix> => {
    const tree = await followTree(table, from, newest);
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
      isMisplaced = (await log?.isInPlace()) === false;
      if (refusal !== undefined) return;
      try {
        await sign();
        failure = undefined;
      } catch (error) {
        if (error instanceof Fault && error.code === 'CONFLICT') return refuse(error.message);
        if (failure === undefined && !stopping.signal.aborted) logger.error('audit.failed', { error: String(error) });
        failure = String(error);
        throw error;
      }
    });
    lastTick = next.catch(() => {});
    return next;
  };

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await tick().catch(() => {});
      await sleep(intervalMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  })();
  // The first tick detects rewritten history before the server accepts requests. After a change of the key, or of the version,
  // it hashes the ends of all runs, for which a start does not wait.
  await Promise.race([tick().catch(() => {}), isLong]);

  return {
    publicKey: printNoteKey(key),
    tick,
    signedUpTo: () => signedUpTo,
    health: () => {
      const detail = isMisplaced ? REMOVED : refusal !== undefined ? REFUSED : failure && FAILED;
      return detail === undefined ? { name: 'audit', status: 'OK' } : { name: 'audit', status: 'DEGRADED', detail };
    },
    stop: async () => {
      stopping.abort();
      await loop;
      await tick().catch(() => {});
      await log?.close();
    },
  };
}
