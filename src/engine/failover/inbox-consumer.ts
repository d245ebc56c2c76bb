import type { Inbox, RunMessage } from '../../core/leases.ts';
import type { User } from '../../core/principal.ts';
import { jsonOutput } from '../../core/run.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { Json } from '../../lib/json.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import type { RunRegistry } from '../driver/run-registry.ts';
import type { MachineInput } from '../model/machine-input.ts';

/** The input of the machine for a message. */
export function toMachineInput(message: RunMessage): MachineInput {
  switch (message.type) {
    case 'cancel': {
      const { by, reason, compensate } = message;
      return { type: 'cancelled', by, compensate, ...(reason !== undefined && { reason }) };
    }
    case 'decide': {
      const { approvalId, by, approve, comment } = message;
      const output = jsonOutput(decisionOutput(approve, by, comment));
      return { type: 'decided', approvalId, by, approve, output, ...(comment !== undefined && { comment }) };
    }
    case 'jobEnded':
      return { type: 'jobEnded', step: message.step, end: message.end };
    case 'signal': {
      const { id, name, payload } = message;
      const output = jsonOutput(payload ?? null);
      return { type: 'signalled', id, name, output, ...(payload !== undefined && { payload }) };
    }
  }
}

function decisionOutput(approved: boolean, { username: by }: User, comment: string | undefined): Json {
  return { approved, by, comment: comment ?? null };
}

interface InboxConsumerDeps {
  readonly inbox: Inbox;
  readonly runs: RunRegistry;
  /** The run, if this node drives it or can. */
  find(runId: string): Promise<RunHandle | undefined>;
  readonly logger: Logger;
}

/** Delivers messages to the runs that this node drives. A message is acknowledged when the events that follow are durable. */
interface InboxConsumer {
  /** Never rejects: `retry` delivers the messages that failed. */
  deliver(runIds: readonly string[]): Promise<void>;
  retry(): void;
  stop(): void;
}

export function createInboxConsumer({ inbox, runs, find, logger }: InboxConsumerDeps): InboxConsumer {
  const retryQueue = new Set<string>();

  const deliver = async (runIds: readonly string[]): Promise<void> => {
    const onFailed = (runId: string) => (error: unknown) => {
      retryQueue.add(runId);
      logger.warn('inbox.failed', { runId, error: String(error) });
    };
    try {
      for (const message of await inbox.read(runIds)) {
        const run = await find(message.runId);
        // If the run is released in the meantime, its next owner gets the message.
        const delivery = run?.send(toMachineInput(message)).then(() => inbox.acknowledge([message.id]));
        await delivery?.catch(onFailed(message.runId));
      }
    } catch (error) {
      for (const runId of runIds) onFailed(runId)(error);
    }
  };
  const unwatch = inbox.onMessage((runId) => {
    if (runs.get(runId)) void deliver([runId]);
  });

  return {
    deliver,
    retry() {
      if (retryQueue.size === 0) return;
      const runIds = [...retryQueue];
      retryQueue.clear();
      void deliver(runIds);
    },
    stop: unwatch,
  };
}
