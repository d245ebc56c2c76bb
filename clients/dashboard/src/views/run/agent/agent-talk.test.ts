import { describe, expect, it } from 'vitest';
import { type AgentEvent, addAgentEvent, NO_TALK } from './agent-talk.ts';

let seq = 0;
const event = (fields: object) => {
  seq += 1;
  return { seq, at: '2026-01-01T00:00:00Z', ...fields } as AgentEvent;
};
const delta = (text: string) => event({ __typename: 'AgentDelta', text });
const message = (role: string, text: string, usage: object | null = null) =>
  event({ __typename: 'AgentMessage', role, text, usage });
const talkOf = (...events: readonly AgentEvent[]) => events.reduce(addAgentEvent, NO_TALK);

describe('what an agent did', () => {
  it('is written as it comes, until the whole message replaces it', () => {
    const writing = talkOf(message('user', 'Say it.'), delta('It is '), delta('done'));
    expect(writing.writing).toBe('It is done');
    const written = addAgentEvent(writing, message('assistant', 'It is done.', { input: 10, output: 4 }));
    expect(written.writing).toBe('');
    expect(written.entries.map((entry) => entry.kind === 'message' && entry.text)).toEqual(['Say it.', 'It is done.']);
    expect(addAgentEvent(written, message('assistant', '', { input: 20, output: 1 })).usage).toEqual({
      input: 30,
      output: 5,
    });
  });

  it('has each call once, where it began, with its decision and its result', () => {
    const call = { id: 'call_1', tool: 'notify.send', arguments: { message: 'x' } };
    const asked = talkOf(
      event({ __typename: 'ApprovalRequested', approval: { id: 'apr_1', state: 'OPEN', call } }),
      message('user', 'Meanwhile'),
    );
    expect(asked.entries[0]).toMatchObject({ call: { id: 'call_1' }, approval: { id: 'apr_1', state: 'OPEN' } });
    const done = [
      event({ __typename: 'ApprovalDecided', approval: { id: 'apr_1', state: 'APPROVED', call } }),
      event({ __typename: 'ToolCalled', call }),
      event({ __typename: 'ToolReturned', call: { ...call, result: 'sent', error: null, durationMs: 12 } }),
    ].reduce(addAgentEvent, asked);
    expect(done.entries).toHaveLength(2);
    expect(done.entries[0]).toMatchObject({
      call: { result: 'sent', durationMs: 12 },
      approval: { state: 'APPROVED' },
    });
  });
});
