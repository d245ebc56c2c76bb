import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import type { LogLevel, NewEvent } from '../../../../src/core/event.ts';
import { openStore } from '../../../../src/store/open-store.ts';
import { createLogger } from '../../../../src/telemetry/logger.ts';
import { startServer, tokenFor } from '../../../../test/support/server.ts';
import { until } from '../../../../test/support/until.ts';

const LINES_PER_APPEND = 1_000;

/** A fake agent behind a real WebSocket, which logs what the test says. */
export interface LoggingAgent extends AsyncDisposable {
  readonly uri: string;
  /** What its server must allow it to be reached at. */
  readonly env: { readonly ALLOWED_PRIVATE_HOSTS: string };
  /** Resolves when it was asked to do something. */
  asked(): Promise<void>;
  log(text: string, level?: LogLevel): void;
  fail(): void;
  finish(): void;
}

export async function startLoggingAgent(): Promise<LoggingAgent> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  let socket: WebSocket | undefined;
  sockets.on('connection', (opened) => opened.once('message', () => (socket = opened)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send = (message: object) => socket?.send(JSON.stringify(message));
  const end = (message: object) => {
    send(message);
    socket = undefined;
  };
  return {
    uri: `ws://${host}/`,
    env: { ALLOWED_PRIVATE_HOSTS: host },
    asked: () => until('the agent is asked', () => socket !== undefined).then(() => {}),
    log: (text, level = 'INFO') => send({ type: 'log', level, text }),
    fail: () => end({ type: 'error', message: 'It does not work.' }),
    finish: () => end({ type: 'final', text: 'Done.' }),
    async [Symbol.asyncDispose]() {
      sockets.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Puts a run into a new database whose only step, an agent, has failed after it logged these lines. Retried by a server on that database, the
 * step logs what the agent says.
 * @returns the IDs, and the `seq` of the first line
 */
export async function storeLongLog(
  dataDir: string,
  agent: LoggingAgent,
  lines: readonly { readonly text: string; readonly level: LogLevel }[],
): Promise<{ readonly runId: string; readonly step: string; readonly firstSeq: number }> {
  const { runId, step, seq } = await failedRun(dataDir, agent);
  const logger = createLogger({ level: 'error' });
  const store = await openStore({ database: { kind: 'sqlite', file: join(dataDir, 'signalbox.db') }, logger });
  await store.leases.renew(new Date());
  await store.leases.takeOver(runId);
  for (let begin = 0; begin < lines.length; begin += LINES_PER_APPEND) {
    const events = lines
      .slice(begin, begin + LINES_PER_APPEND)
      .map((payload): NewEvent => ({ type: 'LOG', at: new Date(), step, payload }));
    await store.journal.append(runId, seq + 1 + begin, events);
  }
  await store.close();
  return { runId, step, firstSeq: seq + 1 };
}

async function failedRun(dataDir: string, agent: LoggingAgent) {
  await using server = await startServer({ dataDir, env: agent.env });
  const token = await tokenFor('alice', { roles: ['admin'] });
  const ask = async (document: string, variables: object) => {
    const { data, errors } = await server.query(document, variables, token);
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const document = `mutation ($uri: URI!) {
    runAgent(input: { agent: { role: "Writer", goal: "Write lines", backend: { websocket: { uri: $uri } } } }) {
      __typename ... on Run { id } } }`;
  const { runAgent } = await ask(document, { uri: agent.uri });
  await agent.asked();
  agent.fail();
  const read = async () =>
    (
      await ask('query ($id: ID!) { run(id: $id) { state steps { key } events(first: 1000) { events { seq } } } }', {
        id: runAgent.id,
      })
    ).run;
  await until('the run has failed', async () => (await read()).state === 'FAILED');
  const { steps, events } = await read();
  await server.stop();
  return { runId: runAgent.id as string, step: steps[0].key as string, seq: events.events.at(-1).seq as number };
}
