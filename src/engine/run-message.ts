import type { Json } from '../core/json.ts';
import type { User } from '../core/principal.ts';
import type { RunMessage } from '../core/store.ts';
import type { Signal } from './model/machine-input.ts';
import { jsonOutput } from './outputs/output-json.ts';

/** What a message is to the machine. */
export function signalOf(message: RunMessage): Signal {
  switch (message.type) {
    case 'cancel': {
      const { by, reason, compensate } = message;
      return { type: 'cancelled', by, compensate, ...(reason !== undefined && { reason }) };
    }
    case 'decide': {
      const { approvalId, by, approve, comment } = message;
      const output = jsonOutput(decisionOf(approve, by, comment));
      return { type: 'decided', approvalId, by, approve, output, ...(comment !== undefined && { comment }) };
    }
    case 'signal': {
      const { id, name, payload } = message;
      const output = jsonOutput(payload ?? null);
      return { type: 'signalled', id, name, output, ...(payload !== undefined && { payload }) };
    }
  }
}

function decisionOf(approved: boolean, { username: by }: User, comment: string | undefined): Json {
  return { approved, by, comment: comment ?? null };
}
