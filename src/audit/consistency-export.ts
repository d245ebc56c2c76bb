import { consistencyProof, type Subtrees } from './merkle-proof.ts';

/** Leaves between two checkpoints that one proof covers: their hashes block the event loop for some ten milliseconds. */
export const MAX_CONSISTENCY_LEAVES = 20_000;

/** Proof that one signed tree begins with another one. Plain JSON, the input of `verifyConsistency`. */
export type ConsistencyExport = {
  /** Number of leaves of the older tree, and of the newer one. */
  readonly olderSize: number;
  readonly newerSize: number;
  /** The signed note of the older tree; absent if another key than the current one signed it. */
  readonly older?: string;
  /** The signed note of the newer tree. */
  readonly newer: string;
  /** RFC 6962, section 2.1.2, each hash in hex. */
  readonly proof: readonly string[];
  /** The key that signed, as `NAME+ID+BASE64`. Trust it only if you know it from elsewhere. */
  readonly publicKey: string;
};

/** Puts together what `verifyConsistency` takes. @throws RangeError unless the older tree is part of the newer one */
export function exportConsistency(
  olderSize: number,
  newerSize: number,
  subtrees: Subtrees,
  signed: Pick<ConsistencyExport, 'older' | 'newer' | 'publicKey'>,
): ConsistencyExport {
  const proof = consistencyProof(olderSize, newerSize, subtrees).map((node) => Buffer.from(node).toString('hex'));
  return { olderSize, newerSize, ...signed, proof };
}
