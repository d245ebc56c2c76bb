import type { User } from './principal.ts';

/** What tokens of language models may be used: by one run, and by one principal within a day. */
export interface TokenLimits {
  readonly perRun: number;
  readonly perPrincipalDay: number;
}

/** Tokens that were used or may be; a hard ceiling, also for calls at once and on several nodes. */
export interface TokenUsage {
  /**
   * Counts `tokens` as used, when that stays within both limits.
   * @param id the call's; @param day as YYYY-MM-DD, UTC
   * @returns what would have been left otherwise: nothing is counted then; undefined when it is done
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
  /** What was used in the end. Never settled: all that was reserved counts. */
  settle(id: string, tokens: number): Promise<void>;
}
