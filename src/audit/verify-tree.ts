import { openCheckpoint, parseCheckpointText, type TreeHead } from './checkpoint-note.ts';
import { isConsistent, rootOfInclusion } from './merkle-proof.ts';
import type { ExportedInclusion } from './run-export.ts';
import { runLeafHash } from './run-leaf.ts';
import type { NoteKey } from './signed-note.ts';

/** The head of a tree whose signature was verified. */
export interface VerifiedCheckpoint {
  readonly origin: string;
  readonly size: number;
  /** In hex. */
  readonly rootHash: string;
  readonly keyId: string;
}

/** What leads from the tree of an inclusion to a newer signed tree. */
export interface Extension {
  /** The signed note of the newer tree. */
  readonly newer: string;
  /** RFC 6962, section 2.1.2, each hash in hex. */
  readonly proof: readonly string[];
}

/**
 * Shows that the end of a run is a leaf of a signed tree.
 * @param keys those that are trusted; the one that the note names must have signed it
 * @param extension a newer tree that is signed; then the note in the inclusion only says the size of its tree, and no
 *   signature of it is needed
 * @throws TypeError that names the problem: the note, its signature, or the path to its root
 */
export function verifyInclusion(
  runId: string,
  { index, seq, hash, proof, checkpoint }: ExportedInclusion,
  keys: readonly NoteKey[],
  extension?: Extension,
): VerifiedCheckpoint {
  const signed = openTrusted(extension?.newer ?? checkpoint, keys);
  const size = extension ? parseCheckpointText(checkpoint).size : signed.head.size;
  const root = rootOfInclusion(index, size, runLeafHash({ runId, seq, hash }), hashes(proof));
  if (!root) throw new TypeError('the path from its leaf is not one of its place in the tree');
  if (extension) {
    if (!isConsistent({ size, root }, signed.head, hashes(extension.proof)))
      throw new TypeError('the signed tree does not begin with the tree of its leaf');
  } else if (Buffer.compare(root, signed.head.root) !== 0) {
    throw new TypeError('the path from its leaf does not lead to the root that was signed');
  }
  return shown(signed);
}

/**
 * Shows that the newer of two signed trees begins with the older one: nothing that the older covers was changed.
 * @param proof RFC 6962, section 2.1.2, in hex
 * @param keys those that are trusted; the two notes may be signed by different ones
 * @throws TypeError that names the problem
 */
export function verifyConsistency(
  older: string,
  newer: string,
  proof: readonly string[],
  keys: readonly NoteKey[],
): { readonly older: VerifiedCheckpoint; readonly newer: VerifiedCheckpoint } {
  const [before, after] = [openTrusted(older, keys), openTrusted(newer, keys)];
  if (before.head.size > after.head.size)
    throw new TypeError('the checkpoint that is said to be the newer one is smaller');
  if (before.head.size > 0 && !isConsistent(before.head, after.head, hashes(proof))) {
    throw new TypeError(
      'the newer tree does not begin with the older one: what the older checkpoint covers was changed',
    );
  }
  return { older: shown(before), newer: shown(after) };
}

interface OpenedCheckpoint {
  readonly head: TreeHead;
  readonly key: NoteKey;
}

/** By the key that the note names. @throws TypeError if none of them signed it */
function openTrusted(note: string, keys: readonly NoteKey[]): OpenedCheckpoint {
  const [origin = ''] = note.split('\n', 1);
  const key = keys.find(({ name }) => name === origin) ?? keys[0];
  if (!key) throw new TypeError('there is no public key');
  return { head: openCheckpoint(note, key), key };
}

function shown({ head, key }: OpenedCheckpoint): VerifiedCheckpoint {
  return {
    origin: head.origin,
    size: head.size,
    rootHash: Buffer.from(head.root).toString('hex'),
    keyId: key.id,
  };
}

/** Anything but 32 bytes in hex leads to no root. */
function hashes(proof: readonly string[]): Buffer[] {
  return proof.map((hex) => (/^[0-9a-f]{64}$/.test(hex) ? Buffer.from(hex, 'hex') : Buffer.alloc(0)));
}
