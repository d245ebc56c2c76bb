import { REDELIVERY } from '../../bus/redelivery.ts';
import type { AccountKey } from '../../core/accounts/accounts.ts';
import type { Clock } from '../../core/clock.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';

/**
 * Jobs that one node lets wait on the bus because their accounts submit too many. A consumer of NATS has at most 2,048 messages
 * that are not acknowledged, of all nodes together; with that many, it delivers nothing to anybody.
 */
const MAX_WAITING = 512;

/** Jobs that wait on the bus until their account may submit more. */
export interface WaitingJobs {
  /**
   * Counts a job until it comes again.
   * @param deliveries how often it has come
   * @returns whether it may wait: an account has at most half of what the others leave
   */
  defer(account: AccountKey, deliveries: number): boolean;
}

export function createWaitingJobs({ clock }: { readonly clock: Clock }): WaitingJobs {
  let waiting: readonly { readonly account: string; readonly until: number }[] = [];
  return {
    defer({ tenant, subject }, deliveries) {
      const account = JSON.stringify([tenant, subject]);
      const now = clock.now().getTime();
      waiting = waiting.filter(({ until }) => until > now);
      const own = waiting.filter((job) => job.account === account).length;
      if (own >= MAX_WAITING - waiting.length) return false;
      const until = now + backoffDelayMs(deliveries, { ...REDELIVERY, random: () => 1 });
      waiting = [...waiting, { account, until }];
      return true;
    },
  };
}
