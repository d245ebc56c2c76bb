import { expect } from 'vitest';
import type { Server } from '../server.ts';
import { openSocket, type Socket } from '../socket.ts';
import { until } from '../until.ts';

const EVENTS = 'subscription { events { cursor events { runId seq type at } } }';
const clientInfo = { name: 'a test', version: '1' };
const INITIALIZE = JSON.stringify({
  ...{ jsonrpc: '2.0', id: 0, method: 'initialize' },
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
});

/** Headers by which a caller says who they are: a token, or the cookie of a page of the server. */
export type CallerHeaders = Readonly<Record<string, string>>;

export const bearer = (token: string): CallerHeaders => ({ authorization: `Bearer ${token}` });

/** What a page of the server sends. */
export const pageOf = ({ url }: Pick<Server, 'url'>, cookie: string): CallerHeaders => ({
  ...{ cookie, origin: url, 'sec-fetch-site': 'same-origin' },
});

/** What stays open for long: a WebSocket, server-sent events, and an MCP session that listens. */
export interface LongStreams {
  readonly socket: Socket;
  /** Resolves when all three have ended: with the close code of the socket, and the texts of the others. */
  readonly ends: Promise<readonly [code: number, events: string, mcp: string]>;
  /** When each event happened that the socket or the event stream has delivered so far. */
  delivered(): readonly number[];
}

export async function openLongStreams(server: Server, caller: CallerHeaders): Promise<LongStreams> {
  const socket = await openSocket(server, '', caller);
  const watched = socket.watch(EVENTS);
  const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const sse = await server.fetch('/graphql', {
    ...{ method: 'POST', body: JSON.stringify({ query: EVENTS }) },
    headers: { ...json, ...caller, accept: 'text/event-stream' },
  });
  const opening = await server.fetch('/mcp', { method: 'POST', headers: { ...json, ...caller }, body: INITIALIZE });
  await opening.text();
  const session = { 'mcp-session-id': opening.headers.get('mcp-session-id') ?? '' };
  const listening = await server.fetch('/mcp', { headers: { accept: 'text/event-stream', ...session, ...caller } });
  expect([sse.status, listening.status]).toEqual([200, 200]);
  await until('the socket is subscribed', () => watched.cursor);
  let text = '';
  const reading = (async () => {
    for await (const chunk of sse.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
    return text;
  })();
  return {
    socket,
    ends: Promise.all([socket.closed, reading, listening.text()]),
    delivered: () => [
      ...watched.events.map(({ at }) => Date.parse(String(at))),
      ...[...text.matchAll(/"at":"([^"]+)"/g)].map(([, at = '']) => Date.parse(at)),
    ],
  };
}
