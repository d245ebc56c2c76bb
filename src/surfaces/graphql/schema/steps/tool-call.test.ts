import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';
import type { EventPayloads, NewEvent } from '../../../../core/event.ts';
import type { Json } from '../../../../lib/json.ts';
import { defineTool } from '../../../../tools/define-tool.ts';

const at = new Date('2026-11-20T10:00:00.123Z');
const failure = { code: 'TIMEOUT', message: 'too slow', retryable: true } as const;

const lookUp = defineTool({
  name: 'word.look_up',
  title: 'Look up a word',
  description: 'Finds a word in a dictionary.',
  effect: 'external',
  input: Type.Object({ word: Type.String({ description: 'The word.' }) }),
  output: Type.Object({}),
  run: async () => ({}),
});

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql({ tools: [lookUp] });
});
afterAll(() => api.close());

/** A run of Alice's whose one step has called tools. */
async function appendCalls(...events: NewEvent[]): Promise<string> {
  const runId = await api.appendRun(0, { username: 'alice', end: false });
  await api.store.journal.append(runId, 3, events);
  return runId;
}

function said<T extends 'AGENT_MESSAGE' | 'AGENT_DELTA' | 'TOOL_CALLED' | 'TOOL_RETURNED' | 'NOTIFICATION'>(
  type: T,
  payload: EventPayloads[T],
): NewEvent {
  return { type, at, step: 'fetch', payload } as NewEvent;
}
const called = (id: string, word: string) =>
  said('TOOL_CALLED', { call: { id, tool: 'word.look_up', arguments: { word } } });
const returned = (id: string, what: { result: Json } | { error: typeof failure }) =>
  said('TOOL_RETURNED', { call: { id, tool: 'word.look_up', ...what, durationMs: 1.5 } });

describe('a step', () => {
  const ask = `query ($id: ID!) {
    run(id: $id) { step(key: "fetch") { toolCalls { id tool arguments result durationMs error { code retryable } } } }
  }`;

  it('shows the tools that it called, in order, and what became of each', async () => {
    const run = await appendCalls(
      ...[called('call_b', 'one'), called('call_a', 'two'), called('call_c', 'three')],
      ...[returned('call_a', { error: failure }), returned('call_b', { result: ['eins'] })],
    );
    const { data } = await api.ask(ask, { id: run }, ALICE);
    const tool = 'word.look_up';
    const open = { result: null, durationMs: null, error: null };
    expect(data.run.step.toolCalls).toEqual([
      { ...open, id: 'call_b', tool, arguments: { word: 'one' }, result: ['eins'], durationMs: 1.5 },
      {
        ...{ ...open, id: 'call_a', tool, arguments: { word: 'two' }, durationMs: 1.5 },
        error: { code: 'TIMEOUT', retryable: true },
      },
      { ...open, id: 'call_c', tool, arguments: { word: 'three' } },
    ]);
  });

  it('shows none where it called none, and nothing to those who may not see the run', async () => {
    const run = await appendCalls(called('call_d', 'one'));
    expect((await api.ask(ask, { id: run }, BOB)).data.run).toBeNull();
    const other = await api.appendRun(1, { username: 'alice' });
    expect((await api.ask(ask, { id: other }, ALICE)).data.run.step.toolCalls).toEqual([]);
  });
});

describe('events', () => {
  const FIELDS = `__typename step
    ... on AgentMessage { role text }
    ... on AgentDelta { piece: text }
    ... on ToolCalled { call { id tool arguments result } }
    ... on ToolReturned { call { id tool arguments result durationMs error { message } } }
    ... on Notification { level message }`;

  it('show what an agent says and does, with the arguments of a call at its end too', async () => {
    const runId = await appendCalls(
      ...[said('AGENT_MESSAGE', { role: 'user', text: 'Translate one.' }), said('AGENT_DELTA', { text: 'I look' })],
      ...[called('call_e', 'one'), returned('call_e', { result: null })],
      ...[called('call_f', 'two'), returned('call_f', { error: failure })],
      said('NOTIFICATION', { level: 'WARN', message: 'Done.' }),
    );
    const types = '[AGENT_MESSAGE, AGENT_DELTA, TOOL_CALLED, TOOL_RETURNED, NOTIFICATION]';
    const document = `($id: ID!) { events(filter: { runId: $id, types: ${types} }) { events { ${FIELDS} } } }`;
    const { data } = await api.ask(`query ${document}`, { id: runId }, ALICE);
    const call = { id: 'call_e', tool: 'word.look_up', arguments: { word: 'one' }, result: null };
    const second = { ...call, id: 'call_f', arguments: { word: 'two' } };
    const step = 'fetch';
    expect(data.events.events).toEqual([
      { __typename: 'AgentMessage', step, role: 'user', text: 'Translate one.' },
      { __typename: 'AgentDelta', step, piece: 'I look' },
      { __typename: 'ToolCalled', step, call },
      { __typename: 'ToolReturned', step, call: { ...call, durationMs: 1.5, error: null } },
      { __typename: 'ToolCalled', step, call: second },
      { __typename: 'ToolReturned', step, call: { ...second, durationMs: 1.5, error: { message: 'too slow' } } },
      { __typename: 'Notification', step, level: 'WARN', message: 'Done.' },
    ]);
  });

  it('reach a subscriber as they happen', async () => {
    const runId = await appendCalls(said('AGENT_DELTA', { text: 'I ' }));
    const query = `subscription { runEvents(runId: "${runId}") { events { ${FIELDS} } } }`;
    const batches = api.client(ALICE).iterate<{ runEvents: { events: { __typename: string }[] } }>({ query });
    const seen: { __typename: string }[] = [];
    let seq = 4;
    for await (const { data } of batches) {
      seen.push(...(data?.runEvents.events ?? []));
      if (seq === 4) {
        await api.store.journal.append(runId, 4, [called('call_g', 'one')]);
        await api.store.journal.append(runId, 5, [returned('call_g', { result: 1 })]);
        seq = 6;
      }
      if (seen.some(({ __typename }) => __typename === 'ToolReturned')) break;
    }
    expect(seen.slice(2)).toMatchObject([
      { __typename: 'AgentDelta', piece: 'I ' },
      { __typename: 'ToolCalled' },
      { __typename: 'ToolReturned', call: { arguments: { word: 'one' }, result: 1 } },
    ]);
  });
});

describe('the catalog', () => {
  it('lists the tools with what they take, and every kind of step', async () => {
    const { data } = await api.ask(
      '{ catalog { tools { name title effect field options } stepKinds { kind } } }',
      {},
      ADMIN,
    );
    const { properties } = lookUp.input;
    expect(data.catalog.tools).toMatchObject([
      { name: 'word.look_up', title: 'Look up a word', effect: 'EXTERNAL', field: null, options: { properties } },
    ]);
    const kinds = data.catalog.stepKinds.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['AGENT', 'TOOL', 'PLAN', 'RESEARCH', 'CODEGEN', 'EVAL', 'REPO', 'NOTIFY']),
    );
  });
});
