import type { Bus } from '../../bus/bus.ts';
import { nodeResultsSubject } from '../../cap/subjects.ts';
import type { Logger } from '../../core/telemetry.ts';

/** A node that does not answer for so long gets the result by its inbox in the database. */
const ANSWER_TIMEOUT_MS = 5_000;
const TAKEN = Uint8Array.of(1);
const NOT_TAKEN = Uint8Array.of(0);

/**
 * Of all nodes one gets each result, and often another one has its run in memory. That node is asked to record it: nothing is
 * stored for it on the way, because the result stays on the bus until the answer has come.
 */
export interface ResultForwarding {
  /** @returns true when the end is durable at the node, or of no use; false when it is not known, or the node is gone */
  forward(nodeId: string, result: Uint8Array): Promise<boolean>;
  /**
   * Takes results from other nodes.
   * @param take resolves to true when the end is durable, or of no use
   * @returns takes no more
   */
  begin(take: (result: Uint8Array) => Promise<boolean>): Promise<() => Promise<void>>;
}

export function createResultForwarding(
  bus: Pick<Bus, 'ask' | 'subscribe'>,
  ownId: string,
  logger: Logger,
): ResultForwarding {
  const failed = (error: unknown) => {
    logger.warn('job.forward_failed', { error: String(error) });
    return false;
  };
  return {
    async forward(nodeId, result) {
      try {
        const answer = await bus.ask(nodeResultsSubject(nodeId), result, ANSWER_TIMEOUT_MS);
        return answer?.[0] === TAKEN[0];
      } catch (error) {
        return failed(error);
      }
    },
    begin: (take) =>
      bus.subscribe(nodeResultsSubject(ownId), ({ bytes, answer }) => {
        void take(bytes)
          .catch(failed)
          .then((isTaken) => answer?.(isTaken ? TAKEN : NOT_TAKEN));
      }),
  };
}
