import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { FlowKey, FlowTickets } from '../../core/workflows/flow-control.ts';
import { createIdleWatch } from '../../lib/idle-watch.ts';
import type { RunHandle } from '../driver/drive-run.ts';

interface FlowRoundsDeps {
  readonly tickets: Pick<FlowTickets, 'nextTenant' | 'nextKey' | 'leftovers' | 'remove'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of the journal, as this node knows it. */
  head(): Promise<number>;
  /** Runs that this node has room for. */
  room(): number;
  find(runId: string): Promise<RunHandle | undefined>;
  /** @returns how many runs got their turn */
  admit(key: FlowKey, limit: number): Promise<number>;
}

/**
 * Goes round what waits, so that nothing waits for ever: not after a node died, nor behind another key or tenant. In a round
 * tenants take turns, and in a tenant its keys, each for one run; the next round continues where the last one ended.
 */
export interface FlowRounds {
  /** A run of the key has ended: the next one may start. */
  onFree(key: FlowKey): Promise<void>;
  /** @returns whether something may be left that could start */
  round(): Promise<boolean>;
  /** Goes round at this time, if that is soon. */
  wakeAt(at: Date): void;
  begin(): void;
  stop(): Promise<void>;
}

const ROUND_MS = 1_000;
/** Keys that one round looks at. */
const MAX_KEYS_PER_ROUND = 256;

export function createFlowRounds(deps: FlowRoundsDeps): FlowRounds {
  const { tickets, clock, logger } = deps;
  /** The last key of each tenant that had its turn. */
  const lastKeys = new Map<string, FlowKey>();
  let lastTenant = '';
  let leftoversAfter = '';
  /** A round ended for want of room: then what is free goes round, and not to the key whose run has ended. */
  let isFull = false;
  let timer: NodeJS.Timeout | undefined;
  let wake: NodeJS.Timeout | undefined;
  let working: Promise<unknown> = Promise.resolve();
  let isStopped = false;

  /** The tenant after the last one, and the key after its last one; both begin again from the start. */
  const next = async (): Promise<FlowKey | undefined> => {
    const now = clock.now();
    const tenant = (await tickets.nextTenant(lastTenant, now)) ?? (await tickets.nextTenant('', now));
    if (tenant === undefined) {
      lastKeys.clear();
      return undefined;
    }
    lastTenant = tenant;
    const key = (await tickets.nextKey(tenant, now, lastKeys.get(tenant))) ?? (await tickets.nextKey(tenant, now));
    if (key) lastKeys.set(tenant, key);
    return key;
  };

  const round = async (): Promise<boolean> => {
    const seen = new Set<string>();
    let total = 0;
    isFull = false;
    for (let looked = 0; looked < MAX_KEYS_PER_ROUND && !isStopped; looked += 1) {
      if (deps.room() <= 0) {
        isFull = true;
        return false;
      }
      const key = await next();
      if (!key) return false;
      const admitted = await deps.admit(key, 1);
      total += admitted;
      const name = JSON.stringify([key.tenant, key.workflow, key.key]);
      // All keys of this tenant have been asked since one of them last had room.
      if (admitted > 0) seen.clear();
      else if (seen.has(name)) return false;
      else seen.add(name);
    }
    return total > 0;
  };

  const watch = createIdleWatch(deps.head);

  /** @returns whether there are tickets */
  const clearLeftovers = async (): Promise<boolean> => {
    const from = leftoversAfter;
    const { ended, stranded, after, tickets: count } = await tickets.leftovers(from, clock.now());
    leftoversAfter = after;
    for (const runId of ended) await tickets.remove(runId);
    for (const runId of stranded) await deps.find(runId);
    return count > 0 || from !== '';
  };

  const work = async (): Promise<void> => {
    let isMore = false;
    try {
      if (await watch.mustLook()) {
        const areUsed = await clearLeftovers();
        watch.looked(areUsed);
        isMore = areUsed && (await round());
      }
    } catch (error) {
      logger.warn('flow.round_failed', { error: String(error) });
    }
    schedule(isMore ? 0 : ROUND_MS);
  };
  const schedule = (ms: number) => {
    if (isStopped) return;
    timer = setTimeout(() => {
      working = work();
    }, ms);
  };

  return {
    round,
    async onFree(key) {
      if (isStopped) return;
      if (isFull || deps.room() <= 0) {
        clearTimeout(timer);
        await working;
        working = work();
        return;
      }
      await deps.admit(key, 1);
    },
    wakeAt(at) {
      watch.wake();
      const ms = at.getTime() - clock.now().getTime();
      // A later round is soon enough.
      if (ms >= ROUND_MS || isStopped || wake) return;
      wake = setTimeout(
        () => {
          wake = undefined;
          round().catch((error: unknown) => logger.warn('flow.round_failed', { error: String(error) }));
        },
        Math.max(ms, 0),
      );
    },
    begin: () => schedule(ROUND_MS),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      clearTimeout(wake);
      await working;
    },
  };
}
