import type { Actor, User } from './principal.ts';

/** Memories of agents: text by tenant and name. */
export interface Memories {
  /**
   * The newest entries that fit, oldest first, and everybody who wrote any of them. Empty when the memory does not exist.
   */
  read(
    tenant: string,
    name: string,
    maxBytes: number,
  ): Promise<{ readonly text: string; readonly authors: readonly User[] }>;
  /**
   * @param who the entry belongs to their tenant, and counts for their quotas; its authors are they and `who.authors`
   * @param entry.id appending the same id again has no effect
   * @throws Fault THROTTLED when a quota is exceeded
   */
  append(
    who: Actor,
    name: string,
    entry: { readonly id: string; readonly text: string; readonly at: Date; readonly runId: string },
  ): Promise<void>;
  /**
   * Removes the entries that the principal wrote, or with `ofAll` all entries, and gives back what they count for.
   * @returns how many
   */
  remove(who: User, name: string, ofAll: boolean): Promise<number>;
}

/** How many tokens of language models one run, and one principal per day, may use. */
export interface TokenLimits {
  readonly perRun: number;
  readonly perPrincipalDay: number;
}

/** Counts used and reserved tokens. The limits also hold for concurrent calls and across nodes. */
export interface TokenUsage {
  /**
   * Counts `tokens` as used, if both limits allow it.
   * @param use.id id of the call; @param use.day as YYYY-MM-DD, UTC
   * @returns undefined when reserved; otherwise the tokens left and the limit that was reached, and nothing is counted
   */
  reserve(
    use: {
      readonly id: string;
      readonly runId: string;
      readonly who: User;
      readonly day: string;
      readonly tokens: number;
    },
    limits: TokenLimits,
  ): Promise<{ readonly left: number; readonly of: keyof TokenLimits } | undefined>;
  /** Sets the tokens that were used, if they are fewer than those reserved. Without it, the complete reservation counts. */
  settle(id: string, tokens: number): Promise<void>;
  /** What the principal has used and reserved on a day. */
  used(who: User, day: string): Promise<number>;
}
