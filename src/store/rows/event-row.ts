import type { ChainRow } from '../../audit/verify-chain.ts';

/** A row of `events`: exactly the link of a chain that can be verified. */
export type EventRow = ChainRow;
