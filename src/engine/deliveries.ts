import type { Logger } from '../core/logger.ts';
import type { Inbox } from '../core/store.ts';
import type { Running } from './driver/run-registry.ts';
import { signalOf } from './run-message.ts';

interface DeliveriesDeps {
  readonly inbox: Inbox;
  readonly running: Running;
  readonly logger: Logger;
}

/** Brings what others sent to the runs that are driven here. A message goes when what came of it is durable. */
export interface Deliveries {
  /** Never rejects: what could not be delivered is tried with the next `again`. */
  deliver(runIds: readonly string[]): Promise<void>;
  again(): void;
  stop(): void;
}

export function createDeliveries({ inbox, running, logger }: DeliveriesDeps): Deliveries {
  const left = new Set<string>();

  const deliver = async (runIds: readonly string[]): Promise<void> => {
    const failed = (runId: string) => (error: unknown) => {
      left.add(runId);
      logger.warn('inbox.failed', { runId, error: String(error) });
    };
    try {
      for (const message of await inbox.read(runIds)) {
        const run = running.get(message.runId);
        // One that was let go meanwhile leaves the message to whoever has it next.
        const told = run?.tell(signalOf(message)).then(() => inbox.done([message.id]));
        await told?.catch(failed(message.runId));
      }
    } catch (error) {
      for (const runId of runIds) failed(runId)(error);
    }
  };
  const unwatch = inbox.watch((runId) => {
    if (running.get(runId)) void deliver([runId]);
  });

  return {
    deliver,
    again() {
      if (left.size === 0) return;
      const runIds = [...left];
      left.clear();
      void deliver(runIds);
    },
    stop: unwatch,
  };
}
