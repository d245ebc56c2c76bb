import { jsonOutput } from '../../core/json-output.ts';
import type { Inbox, RunMessage } from '../../core/leases.ts';
import type { User } from '../../core/principal.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { Json } from '../../lib/json.ts';
import type { RunRegistry } from '../driver/run-registry.ts';
import type { MachineInput } from '../model/machine-input.ts';

/** What a message is to the machine. */
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
  readonly logger: Logger;
}

/** Brings what others sent to the runs that are driven here. A message goes when what came of it is durable. */
export interface InboxConsumer {
  /** Never rejects: what could not be delivered is tried with the next `again`. */
  deliver(runIds: readonly string[]): Promise<void>;
  retry(): void;
  stop(): void;
}

export function createInboxConsumer({ inbox, runs: running, logger }: InboxConsumerDeps): InboxConsumer {
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
        const told = run?.send(toMachineInput(message)).then(() => inbox.acknowledge([message.id]));
        await told?.catch(failed(message.runId));
      }
    } catch (error) {
      for (const runId of runIds) failed(runId)(error);
    }
  };
  const unwatch = inbox.onMessage((runId) => {
    if (running.get(runId)) void deliver([runId]);
  });

  return {
    deliver,
    retry() {
      if (left.size === 0) return;
      const runIds = [...left];
      left.clear();
      void deliver(runIds);
    },
    stop: unwatch,
  };
}
