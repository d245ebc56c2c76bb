import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { type Server, startServer } from '../../../test/support/server.ts';
import type { Client } from '../src/create-client.ts';
import {
  CancelRunDocument,
  DecideApprovalDocument,
  LiveRunDocument,
  StartRunDocument,
} from '../src/generated/graphql.ts';
import { createRunModel, eventHistory, type LiveEvent, type RunModel, watchRun } from '../src/live/index.ts';
import { SignalboxError, unwrap } from '../src/transport/signalbox-error.ts';
import type { OnInterrupted } from '../src/transport/transport.ts';
import { adminClient, cleanUp, closedPort, portOf } from './test-clients.ts';

let server: Server;
let proxy: Awaited<ReturnType<typeof startCuttingProxy>>;
beforeAll(async () => {
  server = await startServer();
  proxy = await startCuttingProxy(portOf(server));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await cleanUp();
});
afterAll(async () => {
  await proxy?.stop();
  await server?.stop('SIGKILL');
});

/** What a model can show of a run, each in one document. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  'items of which some fail': `
steps:
  - id: numbers
    kind: transform
    for_each: [1, 2, 0, 4, 5]
    on_item_failure: collect
    input: { data: "{{ item }}", expression: "$ = 0 ? $error('zero') : $ * 2" }`,
  'attempts that wait': `
steps:
  - id: fails
    kind: transform
    retry: { max_attempts: 3, backoff_ms: 20, on: [BAD_INPUT] }
    input: { data: 1, expression: "$error('never')" }`,
  'compensations after a failure': `
steps:
  - id: made
    kind: transform
    input: { data: 1, expression: $ }
    compensate: { kind: transform, input: { data: 1, expression: $ } }
  - { id: fails, kind: transform, depends_on: [made], input: { data: 1, expression: "$error('no')" } }`,
  'a step that repairs another': `
steps:
  - id: draft
    kind: transform
    input: { data: "{{ repair.round if repair is defined else 0 }}", expression: $ }
  - id: check
    kind: transform
    input: { data: "{{ steps.draft.output }}", expression: "$ > 0 ? $ : $error('bad')" }
    repair: { step: draft, max_rounds: 2 }`,
  'an approval, then steps that are skipped': `
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }
  - { id: skipped, kind: transform, when: "{{ false }}", depends_on: [agree], input: { data: 1, expression: $ } }`,
  'a run that is cancelled': `
steps:
  - { id: sleeps, kind: sleep, input: { ms: 600000 } }
  - { id: later, kind: transform, depends_on: [sleeps], input: { data: 1, expression: $ } }`,
};

/** What a step of each must show at its end, so that something is compared. */
const FACTS: Readonly<Record<string, object>> = {
  'items of which some fail': { key: 'numbers', itemCounts: { SUCCEEDED: 4, FAILED: 1 } },
  'attempts that wait': { key: 'fails', attempt: 3 },
  'compensations after a failure': { undoes: 'made', state: 'SUCCEEDED' },
  'a step that repairs another': { key: 'draft', repair: { step: 'check', round: 1 } },
  'an approval, then steps that are skipped': {
    key: 'agree',
    approval: expect.objectContaining({ state: 'APPROVED' }),
  },
  'a run that is cancelled': { key: 'later', state: 'CANCELLED' },
};

async function start(client: Client, steps: string): Promise<string> {
  const yaml = `name: live\n${steps.trim()}`;
  return unwrap((await client.request(StartRunDocument, { input: { source: { yaml } } })).startRun).id;
}

/** What a person does when they see this: approves what waits, cancels what sleeps. */
async function act(client: Client, { id, steps }: RunModel): Promise<void> {
  const approval = steps.get('agree')?.approval;
  if (approval?.state === 'OPEN') {
    unwrap(
      (await client.request(DecideApprovalDocument, { input: { approvalId: approval.id, approve: true } }))
        .decideApproval,
    );
  }
  if (steps.get('sleeps')?.state === 'WAITING') {
    unwrap((await client.request(CancelRunDocument, { input: { runId: id } })).cancelRun);
  }
}

/** Without what only the way to it shows. */
const shown = ({ seq: _, isStale: __, ...run }: RunModel) => run;

async function readAgain(client: Client, id: string) {
  const { run } = await client.request(LiveRunDocument, { id });
  return shown(createRunModel(run as NonNullable<typeof run>));
}

async function watchToEnd(client: Client, id: string, onModel: (model: RunModel) => Promise<void> = async () => {}) {
  let last: RunModel | undefined;
  for await (const model of watchRun(client, id)) {
    last = model;
    await onModel(model);
  }
  return last && shown(last);
}

describe('watchRun', () => {
  it.each(Object.entries(DOCUMENTS))('ends with what the server says of %s, whenever it began', async (name, steps) => {
    const client = await adminClient(server.url);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 3 }), async (beginAfter) => {
        const id = await start(client, steps);
        const late: Promise<unknown>[] = [];
        let models = 0;
        const first = await watchToEnd(client, id, async (model) => {
          for (const after of beginAfter) if (after === models) late.push(watchToEnd(client, id));
          models += 1;
          await act(client, model);
        });
        const expected = await readAgain(client, id);
        expect(first).toEqual(expected);
        expect([...expected.steps.values()]).toContainEqual(expect.objectContaining(FACTS[name] as object));
        for (const other of await Promise.all(late)) expect(other).toEqual(expected);
      }),
      { numRuns: 4 },
    );
  });

  it('ends with the same, and has told of each event once, over a connection that is cut', async () => {
    const client = await adminClient(server.url);
    const watcher = await adminClient(proxy.url);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 4_000 }), { minLength: 1, maxLength: 4 }), async (cuts) => {
        const id = await start(client, DOCUMENTS['an approval, then steps that are skipped'] as string);
        const events: LiveEvent[] = [];
        let last: RunModel | undefined;
        proxy.cutAfter(cuts);
        for await (const model of watchRun(watcher, id, { include: ['LOG'], onEvent: (event) => events.push(event) })) {
          last = model;
          await act(client, model);
        }
        expect(last && shown(last)).toEqual(await readAgain(client, id));
        const seqs = events.map(({ seq }) => seq);
        expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
      }),
      { numRuns: 5 },
    );
  });

  it('tells with history of the events from the first on, each once, while the run continues and after it', async () => {
    const client = await adminClient(server.url);
    const id = await start(client, DOCUMENTS['an approval, then steps that are skipped'] as string);
    const seqsOf = async () => {
      const events: LiveEvent[] = [];
      const onEvent = (event: LiveEvent) => events.push(event);
      for await (const model of watchRun(client, id, { history: eventHistory, onEvent })) await act(client, model);
      return events.map(({ seq }) => seq);
    };
    await vi.waitFor(async () => expect((await readAgain(client, id)).state).toBe('WAITING'));
    const live = await seqsOf();
    expect(live).toEqual([...new Set(live)].toSorted((a, b) => a - b));
    expect(live[0]).toBeLessThan(5);
    expect(await seqsOf()).toEqual(live);
  });

  it('leaves steps that did not change the same objects', async () => {
    const client = await adminClient(server.url);
    const id = await start(
      client,
      `steps:
  - { id: agree, kind: approval, input: { reason: Really? } }
  - { id: nap, kind: sleep, depends_on: [agree], input: { ms: 50 } }
  - { id: last, kind: transform, depends_on: [nap], input: { data: 1, expression: $ } }`,
    );
    let previous: RunModel | undefined;
    let same = 0;
    await watchToEnd(client, id, async (model) => {
      for (const [key, step] of model.steps) {
        const before = previous?.steps.get(key);
        if (!isDeepStrictEqual(step, before)) continue;
        expect(step).toBe(before);
        same += 1;
      }
      previous = model;
      await act(client, model);
    });
    expect(same).toBeGreaterThan(0);
  });

  it('reads the run again, with growing delays, when its cursor has expired and when the server is away', async () => {
    const client = await adminClient(server.url);
    const absent = await adminClient(`http://127.0.0.1:${await closedPort()}`);
    const id = await start(client, DOCUMENTS['an approval, then steps that are skipped'] as string);
    const expired = new SignalboxError('CURSOR_EXPIRED', 'Retention has removed the events.');
    const errors = [expired, expired, 'UNAVAILABLE', expired];
    let reads = 0;
    const unlucky: Pick<Client, 'request' | 'subscribe'> = {
      request: ((...args: Parameters<Client['request']>) => {
        reads += 1;
        return (errors[0] === 'UNAVAILABLE' && errors.shift() ? absent : client).request(...args);
      }) as Client['request'],
      subscribe: ((...args: Parameters<Client['subscribe']>) => {
        const error = errors.shift();
        if (error) throw error;
        return client.subscribe(...args);
      }) as Client['subscribe'],
    };
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const interruptions: [string, number][] = [];
    const onInterrupted: OnInterrupted = ({ code }, retryInMs) => void interruptions.push([code, retryInMs]);
    let last: RunModel | undefined;
    for await (const model of watchRun(unlucky, id, { onInterrupted })) {
      last = model;
      if (errors.length === 0) await act(client, model);
    }
    expect(interruptions).toEqual([
      ['CURSOR_EXPIRED', 300],
      ['CURSOR_EXPIRED', 550],
      ['UNAVAILABLE', 1050],
      ['CURSOR_EXPIRED', 2050],
    ]);
    expect(reads).toBe(5);
    expect(last?.state).toBe('SUCCEEDED');
  });

  it('refuses a run that does not exist', async () => {
    const client = await adminClient(server.url);
    await expect(watchRun(client, 'run_none').next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('ends when its signal aborts', async () => {
    const client = await adminClient(server.url);
    const id = await start(client, DOCUMENTS['an approval, then steps that are skipped'] as string);
    const aborting = new AbortController();
    let models = 0;
    for await (const _ of watchRun(client, id, { signal: aborting.signal })) {
      models += 1;
      aborting.abort();
    }
    expect(models).toBe(1);
    await client.request(CancelRunDocument, { input: { runId: id } });
  });
});
