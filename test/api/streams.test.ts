import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { type EventSubscription, openSocket, type ReceivedEvent, type Socket } from '../support/socket.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { startWebServer } from '../support/web-server.ts';

const MIB = 2 ** 20;
/** A run of a hundred steps has at least two events for each step, and two for the run. */
const STEPS = 100;
const EVENTS_OF_RUN = 2 * STEPS + 2;
const MANY_EVENTS = 60_000;
const STALLED = 10;
const STALLED_SSE = 3;
/** Thirteen readers that keep 60,000 events of a kilobyte each would take 780 MB. */
const BOUND_MIB = 550;

const SEEN = 'cursor events { cursor runId seq type hash }';
const WATCH = `subscription ($after: Cursor) { events(after: $after) { ${SEEN} } }`;
const WATCH_STATES =
  'subscription { events { cursor events { cursor runId seq type hash ... on RunStateChanged { to } } } }';
const WATCH_RUN = `subscription ($id: ID!, $after: Cursor) { runEvents(runId: $id, after: $after) { ${SEEN} } }`;
const FETCH = `mutation ($uri: URI!) { fetch(input: { source: { uri: $uri } }) {
  ... on CommandOutcome { run { id state cursor } } ... on Refusal { code message }
} }`;
const PIPELINE = `mutation ($input: PipelineInput!) { pipeline(input: $input) {
  ... on CommandOutcome { run { id state } } ... on Refusal { code message }
} }`;

let token: string;

beforeAll(async () => {
  token = await tokenFor('admin', { roles: ['admin'] });
});

async function runOnce(server: Server, uri = 'data:,x') {
  const { data } = await server.query(FETCH, { uri }, token);
  return data.fetch.run as { id: string; state: string; cursor: string };
}

/** The whole journal, page by page. */
async function journalOf(server: Server): Promise<readonly string[]> {
  const hashes: string[] = [];
  for (let after: string | undefined; ; ) {
    const document = 'query ($after: Cursor) { events(after: $after) { cursor caughtUp events { hash } } }';
    const { events } = (await server.query(document, { after }, token)).data;
    hashes.push(...events.events.map(({ hash }: { hash: string }) => hash));
    if (events.caughtUp) return hashes;
    after = events.cursor;
  }
}

/** A subscription that has seen a run of four events, and was then closed because its token expired. */
async function untilExpired(server: Server): Promise<EventSubscription> {
  // On a busy machine the token may expire before the events are there: then one that lives longer.
  for (let seconds = 2; ; seconds *= 2) {
    const short = await tokenFor('admin', { roles: ['admin'], expiresIn: `${seconds}s` });
    await using socket = await openSocket(server, short);
    const watched = socket.watch(WATCH);
    const stands = until('it stands', () => watched.cursor).then(() => runOnce(server));
    await Promise.race([stands.then(() => watched.upTo(4)), socket.closed]);
    expect(await socket.closed).toBe(4403);
    if (watched.events.length === 4) return watched;
  }
}

const hashesOf = (events: readonly ReceivedEvent[]) => events.map(({ hash }) => hash);

describe('a subscription to all events', () => {
  it('continues from its cursor after the server was killed, without a gap or a repetition', async () => {
    await using folder = await createTempFolder();
    let server = await startServer({ dataDir: folder.path });
    let stopped = false;
    /** Keeps sending commands, also while the server is down. */
    const busy = async () => {
      while (!stopped) {
        await runOnce(server).catch(() => new Promise((resolve) => setTimeout(resolve, 10)));
      }
    };
    const working = Promise.all([busy(), busy(), busy(), busy()]);
    const seen: ReceivedEvent[] = [];
    let cursor: string | undefined;
    try {
      for (let life = 1; life <= 3; life++) {
        const socket = await openSocket(server, token);
        const watched: EventSubscription = socket.watch(WATCH, { after: cursor ?? 'c1.MA' });
        await watched.upTo(200);
        if (life < 3) await server.stop('SIGKILL');
        else stopped = true;
        if (life < 3) await socket.closed;
        else await working;
        if (life === 3) await watched.upTo((await journalOf(server)).length - seen.length);
        seen.push(...watched.events);
        ({ cursor } = watched);
        if (life < 3) server = await startServer({ dataDir: folder.path });
        else await socket[Symbol.asyncDispose]();
      }
      expect(seen.length).toBeGreaterThan(600);
      expect(hashesOf(seen)).toEqual(await journalOf(server));
    } finally {
      stopped = true;
      await server.stop('SIGKILL');
    }
  });

  it('ends when the token expires, and continues with a new one', async () => {
    await using server = await startServer();
    const watched = await untilExpired(server);
    const { id } = await runOnce(server);
    await using next = await openSocket(server, token);
    const rest = next.watch(WATCH, { after: watched.cursor });
    expect((await rest.upTo(4)).map(({ runId, seq }) => [runId, seq])).toEqual([1, 2, 3, 4].map((seq) => [id, seq]));
  });

  it('ends when the policy no longer lets its subscriber see runs', async () => {
    await using folder = await createTempFolder();
    const rulesFile = join(folder.path, 'policy.csv');
    const shipped = await readFile('policy/policy.csv', 'utf8');
    await writeFile(rulesFile, shipped);
    await using server = await startServer({ env: { POLICY_FILE: rulesFile } });
    const bob = await tokenFor('bob', { roles: ['user'] });
    await using socket = await openSocket(server, bob);
    const watched = socket.watch(WATCH);
    await until('it stands', () => watched.cursor);
    await server.query(FETCH, { uri: 'data:,x' }, bob);
    await watched.upTo(4);

    await writeFile(rulesFile, `${shipped}\np, user, query:runs, **, *, deny\n`);
    await until('the rules are taken over', () => server.logged('policy.reloaded').length === 1);
    await server.query(FETCH, { uri: 'data:,x' }, bob);
    await until('it ends', () => watched.completed);
    expect(watched.events).toHaveLength(4);
    expect(watched.errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('a subscription to one run', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: '127.0.0.1:1' } });
  });
  afterAll(async () => {
    await server?.stop('SIGKILL');
  });

  it('delivers its events as they happen, and completes after the last', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    await using web = await startWebServer((_, res) => void answered.then(() => res.end('late')));
    await using slow = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: web.host } });
    const ended = runOnce(slow, web.url);
    const running = '{ runs(filter: { state: [RUNNING] }) { nodes { id } } }';
    const run = await until('it runs', async () => (await slow.query(running, {}, token)).data.runs.nodes[0]);
    await using socket = await openSocket(slow, token);
    const watched = socket.watch(WATCH_RUN, { id: run.id });
    await watched.upTo(4);
    expect(watched.completed).toBe(false);
    answer();
    expect((await ended).id).toBe(run.id);
    await until('it completes', () => watched.completed);
    expect(watched.events.map(({ type }) => type)).toEqual([
      ...['RUN_CREATED', 'POLICY_DECIDED', 'RUN_STATE_CHANGED', 'STEP_STATE_CHANGED'],
      ...['STEP_STATE_CHANGED', 'RUN_STATE_CHANGED'],
    ]);
  });

  it('completes at once if the run has ended, from any cursor', async () => {
    const { id, cursor } = await runOnce(server);
    await using socket = await openSocket(server, token);
    const all = socket.watch(WATCH_RUN, { id });
    await until('it completes', () => all.completed);
    expect(all.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    const rest = socket.watch(WATCH_RUN, { id, after: all.events[1]?.cursor });
    const none = socket.watch(WATCH_RUN, { id, after: cursor });
    await until('both complete', () => rest.completed && none.completed);
    expect([rest.events.length, none.events.length]).toEqual([2, 0]);
  });

  it('also works with server-sent events', async () => {
    const { id } = await runOnce(server);
    const response = await server.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: WATCH_RUN, variables: { id } }),
      token,
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const text = await response.text();
    expect(text).toMatch(/\nevent: complete\n/);
    const batches = [...text.matchAll(/event: next\ndata: (.*)\n/g)].map(([, data]) => JSON.parse(data as string));
    const events = batches.flatMap(({ data }) => data.runEvents.events as ReceivedEvent[]);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });
});

describe('a subscriber that stops reading', () => {
  const heavy = (i: number) => `subscription ($after: Cursor) { events${i}: events(after: $after) { cursor events {
    cursor runId seq type hash at step __typename
    ... on PolicyDecided { decision { effect reason action uri canonicalUri roles snapshot rule { id role action uri schema effect comment } } }
    ... on StepStateChanged { from to attempt error { code message } }
    ... on RunCreated { kind principal { subject username tenant roles } }
  } } }`;

  /** Runs pipelines of a hundred steps until there are at least that many events. @returns the number of runs */
  async function makeEvents(server: Server, count: number): Promise<number> {
    const steps = Array.from({ length: STEPS }, (_, i) => ({
      command: 'convertToBase64',
      options: { source: { text: { text: `${i}` } } },
    }));
    const runs = Math.ceil(count / EVENTS_OF_RUN);
    let left = runs;
    const work = async () => {
      while (left-- > 0) {
        const { data } = await server.query(PIPELINE, { input: { steps } }, token);
        expect(data.pipeline.run.state).toBe('SUCCEEDED');
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    return runs;
  }

  it('keeps nobody from receiving 60,000 events, and then receives all of them in order', async () => {
    await using server = await startServer({ env: { LOG_LEVEL: 'warn' } });
    await makeEvents(server, 4_000);
    const stalled: { socket: Socket; watched: EventSubscription; query: string }[] = [];
    const silent: IncomingMessage[] = [];
    await using eager = await openSocket(server, token);
    try {
      for (let i = 0; i < STALLED; i++) {
        const socket = await openSocket(server, token);
        const query = heavy(i);
        stalled.push({ socket, watched: socket.watch(query), query });
      }
      for (let i = 0; i < STALLED_SSE; i++) silent.push(await stallSse(server, heavy(STALLED + i)));
      const live = eager.watch(WATCH_STATES);
      await until('all stand', () => live.cursor && stalled.every(({ watched }) => watched.cursor));
      for (const { socket } of stalled) socket.socket.pause();

      const began = performance.now();
      const runs = await makeEvents(server, MANY_EVENTS);
      const took = performance.now() - began;
      // The active subscriber receives everything while the others read nothing.
      await until(
        'it has the end of every run',
        () => live.events.filter(({ to }) => to === 'SUCCEEDED').length === runs,
      );
      const all = [...live.events];
      const total = all.length;
      expect(total).toBeGreaterThanOrEqual(MANY_EVENTS);
      const peak = (await server.memory('peak')) / MIB;
      expect(peak).toBeLessThan(BOUND_MIB);

      // One reads again; the others never do. Had it been away for long, the server would have closed the socket, and
      // a client continues from its cursor.
      const { socket, watched, query } = stalled[0] as (typeof stalled)[number];
      expect(watched.events.length).toBeLessThan(total);
      socket.socket.resume();
      const caughtUp = await Promise.race([watched.upTo(total), socket.closed.then(() => undefined)]);
      const missed = caughtUp ? [] : await fromCursor(server, query, watched, total);
      expect(hashesOf([...watched.events, ...missed])).toEqual(hashesOf(all));
      for (const events of Map.groupBy(all, ({ runId }) => runId).values()) {
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
      }
      if (process.env.SHOW_NUMBERS) {
        console.log(`${total} events in ${took | 0} ms; peak ${peak | 0} MiB; caught up: ${caughtUp !== undefined}`);
      }
    } finally {
      for (const { socket } of stalled) socket.socket.terminate();
      for (const response of silent) response.destroy();
    }
  });

  /** Server-sent events that nobody reads from the socket. */
  async function stallSse(server: Server, query: string): Promise<IncomingMessage> {
    const headers = {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    };
    const asking = request(`${server.url}/graphql`, { method: 'POST', headers });
    asking.end(JSON.stringify({ query }));
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    response.on('error', () => {});
    return response.pause();
  }

  async function fromCursor(server: Server, query: string, before: EventSubscription, total: number) {
    await using socket = await openSocket(server, token);
    return socket.watch(query, { after: before.cursor }).upTo(total - before.events.length);
  }
});
