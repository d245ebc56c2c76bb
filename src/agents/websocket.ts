import { Type } from 'typebox';
import type { AgentSession } from '../core/agent-session.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { Fault } from '../core/errors.ts';
import type { Outgoing } from '../resources/outgoing/outgoing.ts';
import { httpUriOfWebSocket, type OutgoingSocket } from '../resources/outgoing/outgoing-socket.ts';
import { resolveSecretHeaders } from '../resources/outgoing/secret-headers.ts';
import { defineBackend } from './define-backend.ts';
import { startTimeout } from './service/timeout.ts';
import { parseWebsocketMessage, type WebsocketReply } from './service/websocket-message.ts';
import { requireHttpUri, UriOption } from './shared/http-uri.ts';
import { tryParseJson } from './shared/try-parse-json.ts';

export interface WebsocketDeps {
  readonly outgoing: Pick<Outgoing, 'connect'>;
  canonicalize(uri: string): CanonicalUri;
}

const MAX_MESSAGE_BYTES = 4 * 2 ** 20;
/** Total of all messages. */
const MAX_TOTAL_BYTES = 10 * 2 ** 20;
const DEFAULT_TIMEOUT_MS = 60_000;
/** RFC 6455 section 7.4.1: normal closure, and closure without a status. */
const NORMAL_CLOSE_CODES = [1000, 1005];

export const WebsocketConfig = Type.Object(
  {
    uri: UriOption(
      'ws or wss URL of the agent. The policy is asked about it as http or https: wss://h/p is https://h/p.',
    ),
    subprotocol: Type.Optional(
      Type.String({ description: 'Subprotocol that the agent must accept (RFC 6455, section 1.9).' }),
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        'x-signalbox': 'json',
        description:
          'Headers of the handshake by name. `secret:NAME` in a value is replaced by that secret of this server.',
      }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3_600_000,
        default: DEFAULT_TIMEOUT_MS,
        description: 'Maximum silence of the agent, in milliseconds. Default 60000.',
      }),
    ),
  },
  {
    title: 'WebSocketBackendInput',
    description: 'An agent that streams messages over a WebSocket until its reply is final.',
    additionalProperties: false,
  },
);

/** Agents behind a WebSocket; docs/agents.md lists the messages. */
export function websocket(deps: WebsocketDeps) {
  const httpUriOf = (uri: string) => requireHttpUri(httpUriOfWebSocket(uri), deps.canonicalize);
  return defineBackend({
    name: 'websocket',
    description:
      'Sends one JSON message {role, goal, context, memory, output_schema?} to a service over a WebSocket. The service answers with text, ' +
      'or with JSON messages of type delta, log, message, final and error. The output is JSON: {text, json?}.',
    config: WebsocketConfig,
    resumes: false,

    requiredAccess: ({ uri }) => [{ action: 'agent:websocket', uri: httpUriOf(uri) }],

    async run({ config, role, goal, context, memory, outputSchema }, session) {
      const { subprotocol, timeoutMs = DEFAULT_TIMEOUT_MS } = config;
      const uri = httpUriOf(config.uri);
      const { headers } = resolveSecretHeaders(config.headers, uri, session);
      const limit = startTimeout(timeoutMs, session.signal, uri.host);
      let socket: OutgoingSocket | undefined;
      try {
        const { signal } = limit;
        socket = await deps.outgoing.connect(uri, {
          headers,
          maxMessageBytes: MAX_MESSAGE_BYTES,
          owner: session.user,
          signal,
          ...(subprotocol !== undefined && { subprotocol }),
        });
        await socket.send(JSON.stringify({ role, goal, context, memory, output_schema: outputSchema }));
        const reply = await receiveReply(socket, uri.host, limit.restart, session);
        return { mediaType: 'application/json', content: JSON.stringify(reply) };
      } finally {
        socket?.close();
        limit.clear();
      }
    },
  });
}

/** Reads messages until the agent is done or closes the connection. */
async function receiveReply(
  socket: OutgoingSocket,
  host: string,
  onMessage: () => void,
  session: AgentSession,
): Promise<WebsocketReply> {
  let text = '';
  let bytesLeft = MAX_TOTAL_BYTES;
  for await (const data of socket.messages) {
    onMessage();
    bytesLeft -= data.length;
    if (bytesLeft < 0)
      throw new Fault(
        'RESOURCE_TOO_LARGE',
        `The agent at ${host} sent more than ${MAX_TOTAL_BYTES} bytes. Ask it for less.`,
      );
    const message = parseWebsocketMessage(data, host);
    if (message.type === 'log') session.log(message.level, message.text);
    else if (message.type === 'final') return message.reply ?? replyOf(text);
    else {
      text += message.text;
      session.streamText(message.text);
    }
  }
  const { code } = await socket.closed;
  if (NORMAL_CLOSE_CODES.includes(code) && text !== '') return replyOf(text);
  const message = `The agent at ${host} closed the connection before it answered (code ${code}). Try again later.`;
  throw new Fault('RESOURCE_UNREACHABLE', message, { details: { host, code } });
}

function replyOf(text: string): WebsocketReply {
  const json = tryParseJson(text);
  return { text, ...(json !== undefined && { json }) };
}
