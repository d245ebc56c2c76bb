import fc, { type GeneratorValue } from 'fast-check';
import {
  executeSubscriptionEvent,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  parse,
  specifiedRules,
  type ValidatedSubscriptionArgs,
  validate,
  validateSubscriptionArgs,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSubscription } from '../../../../test/support/surfaces/generated-selections.ts';
import { startGraphql, type TestGraphqlServer } from '../../../../test/support/surfaces/graphql-server.ts';
import { commands } from '../../../commands/registry.ts';
import { EVENT_TYPE_NAMES, type EventPayloads, type EventType } from '../../../core/event.ts';
import type { Context } from '../request/context.ts';
import { buildSchema } from '../schema/schema.ts';
import { compileOperation } from './compile-operation.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

const schema = buildSchema(commands);
const principal = {
  kind: 'user',
  subject: 'usr_alice',
  username: 'alice',
  tenant: 'default',
  roles: ['admin'],
} as const;
const failure = { code: 'BAD_INPUT', message: 'row "7"\n\ud800 is \u2028 wrong' } as const;
const call = { id: 'call_1', tool: 'web.search' };
const digest = 'a'.repeat(64);
const decision = { effect: 'DENY', action: 'command:fetch', role: 'user', reason: 'no rule', nearMisses: [] };

/** A payload of each type, with all that its GraphQL type shows. */
const PAYLOADS: { readonly [T in EventType]: object } = {
  RUN_CREATED: { kind: 'COMMAND', principal, inputs: {}, steps: [], labels: {}, goal: 'Sell „more“' },
  RUN_STATE_CHANGED: { from: 'RUNNING', to: 'FAILED', error: failure },
  STEPS_ADDED: { steps: [{ key: 'a' }, { key: 'b' }] },
  STEP_STATE_CHANGED: {
    from: 'PENDING',
    to: 'RUNNING',
    attempt: 1,
    startedAt: '2026-11-20T10:00:00.007Z',
    error: failure,
  },
  JOB_DISPATCHED: { jobId: 'job_1', topic: 'job.default', worker: 'w1' },
  JOB_ENDED: { jobId: 'job_1', status: 'FAILED', worker: 'w1', executionMs: 1.5, errorMessage: 'too old' },
  STEP_PROGRESS: { percent: 33.4, memo: 'half\tway' },
  LOG: { level: 'INFO', text: 'GET "/" 200' },
  AGENT_MESSAGE: { role: 'assistant', text: 'x'.repeat(500), usage: { input: 12, output: 3 } },
  AGENT_DELTA: { text: 'un' },
  TOOL_CALLED: { call: { ...call, arguments: { query: ['a', null, { b: 1e21 }] } } },
  TOOL_RETURNED: { call: { ...call, result: { rows: [1, 'two'] }, durationMs: 12 } },
  ARTIFACT_CREATED: { id: 'art_1', digest, name: 'a.csv', mediaType: 'text/csv', size: 5 },
  POLICY_DECIDED: { decision },
  APPROVAL_REQUESTED: { id: 'apr_1', reason: 'sends money', roles: ['lead'] },
  APPROVAL_DECIDED: { id: 'apr_1', state: 'APPROVED' },
  SIGNAL_RECEIVED: { id: 'sig_1', name: 'go', payload: null },
  NOTIFICATION: { level: 'WARN', message: 'full' },
} satisfies { readonly [T in EventType]: Partial<Record<keyof EventPayloads[T], unknown>> };

/** What a property may be that is not as its type says. */
const ODD_VALUES = [null, undefined, 1.5, 2 ** 40, '', 'INFO', true, [], [null], {}, new Error('odd'), Number.NaN];

function generateEvent(gen: GeneratorValue, position: number, ofOddValues: boolean) {
  const type = gen(fc.constantFrom<EventType[]>, ...EVENT_TYPE_NAMES);
  const payload: Record<string, unknown> = { ...PAYLOADS[type] };
  const event: Record<string, unknown> = {
    ...{ position, seq: position, type, runId: `run_${gen(fc.nat, { max: 1 })}`, hash: digest, payload },
    at: new Date(1_790_000_000_000 + gen(fc.nat, { max: 2 })),
    ...(gen(fc.boolean) && { step: gen(fc.constantFrom, 'one', 'step "2"') }),
  };
  if (ofOddValues && gen(fc.boolean)) {
    const target = gen(fc.boolean) ? payload : event;
    target[gen(fc.constantFrom, ...Object.keys(target))] = gen(fc.constantFrom, ...ODD_VALUES);
  }
  return event;
}

/** Without what changes nothing when an operation runs. */
const RULES = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule && rule !== NoUnusedVariablesRule);

function prepare(text: string, variableValues = {}): ValidatedSubscriptionArgs {
  const args = validateSubscriptionArgs({ schema, document: parse(text), variableValues });
  if (!('schema' in args)) throw new Error(String(args));
  return args;
}

const newContext = () => ({ app: api.app, principal, inlineBudget: { bytesLeft: 1_000_000 } }) as unknown as Context;

/** The text of the result by graphql; undefined if it waits, or has errors. */
async function byGraphql(args: ValidatedSubscriptionArgs, rootValue: unknown): Promise<string | undefined> {
  const result = executeSubscriptionEvent({ ...args, rootValue, contextValue: newContext() });
  if (result instanceof Promise) return void (await result);
  return result.errors ? undefined : JSON.stringify(result);
}

const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

describe('a compiled operation', () => {
  it('has the bytes of graphql for every selection, and leaves to it what waits or fails', async () => {
    let compared = 0;
    let left = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (gen) => {
        const { text, variables } = generateSubscription(schema, gen);
        fc.pre(validate(schema, parse(text), RULES).length === 0);
        const args = prepare(text, variables);
        const write = compileOperation(args);
        for (let position = 1; position < 30; position += 10) {
          const count = gen(fc.nat, { max: 8 });
          const isOdd = gen(fc.boolean);
          const events = Array.from({ length: count }, (_, i) => generateEvent(gen, position + i, isOdd));
          const batch = { events, position: position + count, caughtUp: gen(fc.boolean) };
          const expected = await byGraphql(args, batch);
          expect(textOf(write(batch, newContext()))).toBe(expected);
          if (expected === undefined) left += 1;
          else compared += 1;
        }
      }),
      { numRuns: 300, maxSkipsPerRun: 20 },
    );
    expect(compared).toBeGreaterThan(500);
    expect(left).toBeGreaterThan(25);
  });

  it('leaves to graphql what is missing, also after the same value', async () => {
    const args = prepare('subscription { events { events { hash step } } }');
    const write = compileOperation(args);
    const event = { seq: 1, type: 'LOG', hash: digest };
    for (const hash of [digest, undefined, null, digest, undefined]) {
      const batch = { events: [event, { ...event, hash }] };
      expect(textOf(write(batch, newContext()))).toBe(await byGraphql(args, batch));
    }
  });

  it('asks a resolver that waits once, and from then on leaves its field to graphql', async () => {
    let reads = 0;
    const approval = async () => {
      reads += 1;
    };
    const reader = { ...api.app.reader, approval };
    const context = { ...newContext(), app: { ...api.app, reader } } as unknown as Context;
    const args = prepare('subscription { events { events { seq ... on ApprovalDecided { approval { id } } } } }');
    const write = compileOperation(args);
    const event = { seq: 1, type: 'APPROVAL_DECIDED', payload: PAYLOADS.APPROVAL_DECIDED };
    for (let i = 0; i < 3; i += 1) expect(write({ events: [event] }, context)).toBeUndefined();
    expect(reads).toBe(1);
    const line = { seq: 2, type: 'LOG', payload: PAYLOADS.LOG };
    expect(textOf(write({ events: [line] }, context))).toBe('{"data":{"events":{"events":[{"seq":2}]}}}');
  });

  it('writes results of any length, in bytes that later results leave as they are', () => {
    const write = compileOperation(prepare('subscription { events { events { ... on AgentDelta { text } } } }'));
    const lengths = [0, 5, 100_000, 3_000_000, 7];
    const results = lengths.map((length) => {
      const text = 'ä€😀'.repeat(length);
      return { text, bytes: write({ events: [{ type: 'AGENT_DELTA', payload: { text } }] }, newContext()) };
    });
    for (const { text, bytes } of results) {
      expect(JSON.parse(textOf(bytes) ?? '')).toEqual({ data: { events: { events: [{ text }] } } });
    }
  });
});
