/** The rules of GraphQL over server-sent events (PROTOCOL.md of graphql-sse 2), "Distinct connections mode". */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../support/server.ts';

const EVENTS = 'subscription { events { cursor events { runId } } }';
const FETCH = 'mutation { fetch(input: { source: { uri: "data:,x" } }) { ... on CommandOutcome { run { id } } } }';

let server: Server;
let token: string;
beforeAll(async () => {
  server = await startServer();
  token = await tokenFor('ada', { roles: ['admin'] });
});
afterAll(() => server.stop());

const post = (query: string) =>
  server.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
    token,
  });
const get = (query: string) =>
  server.fetch(`/graphql?${new URLSearchParams({ query })}`, { headers: { accept: 'text/event-stream' }, token });

/** The events of a stream, as the Server-Sent Events standard reads them, until it ends. */
async function* eventsOf({ body }: Response): AsyncGenerator<EventSourceMessage> {
  const received: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => received.push(event) });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const bytes of body as AsyncIterable<Uint8Array>) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    yield* received.splice(0);
  }
}

const COMPLETE = { id: undefined, event: 'complete', data: '' };

describe('an operation over server-sent events', () => {
  it.each([
    ['a query by POST', () => post('{ viewer { username } }')],
    ['a query by GET, as an EventSource sends it', () => get('{ viewer { username } }')],
    ['a mutation', () => post(FETCH)],
    ['a document that does not parse', () => post('{')],
    ['a document that is not valid', () => post('{ nothing }')],
    ['variables that cannot be coerced', () => post('query ($i: Int!) { __typename }')],
    ['an operation that cannot be determined', () => post('query A { __typename } query B { __typename }')],
    ['a field that fails', () => post('{ run(id: "x") { id } verifyRun(id: "x") { valid } }')],
  ])('for %s is accepted, and is one `next` and one `complete` with empty data', async (_, send) => {
    const response = await send();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const [next, ...rest] = await Array.fromAsync(eventsOf(response));
    expect(next?.event).toBe('next');
    const result = JSON.parse(next?.data ?? '') as object;
    expect('data' in result || 'errors' in result).toBe(true);
    expect(rest).toEqual([COMPLETE]);
  });

  it('for a subscription is a `next` for each result, and ends when the client closes the connection', async () => {
    for (const send of [post, get]) {
      const response = await send(EVENTS);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
      const events = eventsOf(response);
      expect((await events.next()).value?.event).toBe('next');
      const { data } = await server.query(FETCH, {}, token);
      const next = await events.next();
      expect(JSON.parse(next.value?.data ?? '').data.events.events[0].runId).toBe(data.fetch.run.id);
      await events.return(undefined);
    }
  });

  it('that ends without its client has `complete` after its results', async () => {
    const { data } = await server.query(FETCH, {}, token);
    const query = `subscription { runEvents(runId: "${data.fetch.run.id}") { cursor } }`;
    const events = await Array.fromAsync(eventsOf(await post(query)));
    expect(events.length).toBeGreaterThan(1);
    expect(new Set(events.slice(0, -1).map(({ event }) => event))).toEqual(new Set(['next']));
    expect(events.at(-1)).toEqual(COMPLETE);
  });

  it('cannot be a mutation by GET', async () => {
    const response = await get(FETCH);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

it('has no reservations of the single connection mode', async () => {
  for (const method of ['PUT', 'DELETE']) {
    const response = await server.fetch('/graphql', { method, token });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  }
});
