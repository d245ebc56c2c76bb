import type { JobCancel } from '../../cap/generated/cordum/agent/v1/job_pb.js';
import { userOf } from '../../cluster/peers/peer-user.ts';
import type { Peer } from '../../cluster/peers/peers.ts';
import { Fault } from '../../core/errors.ts';
import { stepIdOfJob } from '../../core/ids.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';
import type { JobGatewayDeps } from './gateway-deps.ts';

/** The bus keeps no cancellations. One whose job is not known yet, or that fails, is tried for some 30 seconds. */
const MAX_TRIES = 7;
const RETRY = { baseMs: 500, maxMs: 15_000, random: Math.random };
/** Cancellations that are waiting or in progress; more are dropped. */
const MAX_PENDING = 1_000;
const MAX_REASON_CHARACTERS = 1_000;

/** Cancels the jobs of clients for them. */
export interface Cancellations {
  take(cancel: JobCancel, peer: Peer): void;
  /** Tries no more. */
  close(): void;
}

export function createCancellations(deps: JobGatewayDeps): Cancellations {
  const { engine, reader, peers, logger } = deps;
  const timers = new Set<NodeJS.Timeout>();
  let pending = 0;
  let isClosed = false;

  /** @returns why nothing was cancelled, if that does not change */
  const cancel = async ({ jobId, reason }: JobCancel, peer: Peer): Promise<string | undefined> => {
    const location = await reader.locateStep(stepIdOfJob(jobId));
    if (!location) throw new Fault('NOT_FOUND', 'there is no such job yet');
    const user = await userOf(peer, deps);
    const run = await reader.run({ tenant: user.tenant }, location.runId);
    if (run?.plan?.sender !== peer.senderId) return 'it is the job of somebody else';
    const why = reason === '' ? {} : { reason: reason.slice(0, MAX_REASON_CHARACTERS) };
    await engine.cancelRun({ kind: 'user', ...user }, run.id, { compensate: false, ...why });
    return undefined;
  };

  const attempt = async (message: JobCancel, peer: Peer, tries: number): Promise<void> => {
    const fields = { jobId: message.jobId, sender: peer.senderId };
    try {
      const why = await cancel(message, peer);
      if (why !== undefined) logger.warn('gateway.cancel_ignored', { ...fields, why });
      pending -= 1;
    } catch (error) {
      const isFinal = error instanceof Fault && (error.code === 'FORBIDDEN' || error.code === 'CONFLICT');
      if (isFinal || tries >= MAX_TRIES || isClosed) {
        pending -= 1;
        logger.warn('gateway.cancel_ignored', { ...fields, why: String(error) });
        return;
      }
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          void attempt(message, peer, tries + 1);
        },
        backoffDelayMs(tries, RETRY),
      );
      timers.add(timer);
    }
  };

  return {
    take(message, peer) {
      // It tells workers.
      if (peer.senderId === peers.senderId) return;
      if (pending >= MAX_PENDING) {
        logger.warn('gateway.cancel_ignored', { jobId: message.jobId, why: 'too many cancellations are waiting' });
        return;
      }
      pending += 1;
      void attempt(message, peer, 1);
    },
    close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
