import type { AgentTalkSubscription, ApprovalState } from '../../../api/generated/graphql.ts';
import type { CalledTool } from '../tool-call.tsx';

export type AgentEvent = AgentTalkSubscription['events']['events'][number];

interface Usage {
  readonly input: number;
  readonly output: number;
}

/** What was said, or a tool that was called. */
export type AgentEntry =
  | {
      readonly kind: 'message';
      readonly seq: number;
      readonly at: string;
      readonly role: string;
      readonly text: string;
      readonly usage: Usage | null;
    }
  | {
      readonly kind: 'call';
      readonly seq: number;
      readonly call: CalledTool;
      /** What a person decides, or decided, about the call. */
      readonly approval: { readonly id: string; readonly state: ApprovalState } | undefined;
    };

/** What an agent did until now. */
export interface AgentTalk {
  /** In order. */
  readonly entries: readonly AgentEntry[];
  /** The message that it writes. */
  readonly writing: string;
  /** Tokens of all its messages that say so. */
  readonly usage: Usage;
}

export const NO_TALK: AgentTalk = { entries: [], writing: '', usage: { input: 0, output: 0 } };

/** What the agent did after one more event. Pure. */
export function addAgentEvent(talk: AgentTalk, event: AgentEvent): AgentTalk {
  const { seq, at } = event;
  switch (event.__typename) {
    case 'AgentMessage': {
      const { role, text, usage } = event;
      return {
        entries: [...talk.entries, { kind: 'message', seq, at, role, text, usage: usage ?? null }],
        writing: role === 'assistant' ? '' : talk.writing,
        usage: {
          input: talk.usage.input + (usage?.input ?? 0),
          output: talk.usage.output + (usage?.output ?? 0),
        },
      };
    }
    case 'AgentDelta':
      return { ...talk, writing: talk.writing + event.text };
    case 'ToolCalled':
      return withCall(talk, seq, { ...event.call, result: null, error: null, durationMs: null });
    case 'ToolReturned':
      return withCall(talk, seq, event.call);
    case 'ApprovalRequested':
    case 'ApprovalDecided': {
      const { id, state, call } = event.approval;
      return call ? withCall(talk, seq, { ...call, result: null, error: null, durationMs: null }, { id, state }) : talk;
    }
    default:
      return talk;
  }
}

/** A call stays where it began. */
function withCall(
  talk: AgentTalk,
  seq: number,
  call: CalledTool,
  approval?: { readonly id: string; readonly state: ApprovalState },
): AgentTalk {
  const index = talk.entries.findIndex((entry) => entry.kind === 'call' && entry.call.id === call.id);
  const former = talk.entries[index];
  if (former?.kind !== 'call') {
    return { ...talk, entries: [...talk.entries, { kind: 'call', seq, call, approval }] };
  }
  return { ...talk, entries: talk.entries.with(index, { ...former, call, approval: approval ?? former.approval }) };
}
