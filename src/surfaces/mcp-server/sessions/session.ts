import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Sdk } from '../protocol/load-sdk.ts';
import type { McpCaller, McpDeps } from '../protocol/mcp-deps.ts';
import type { McpLimits } from '../protocol/mcp-limits.ts';
import { createResourceSubscriptions } from '../resources/resource-subscriptions.ts';
import type { ListTools } from '../tools/list-tools.ts';
import { registerRequestHandlers } from './request-handlers.ts';

/** One client's conversation: the SDK's server and its transport. */
export interface Session {
  readonly id: string;
  /** Aborts when it is over, by whomever. */
  readonly ended: AbortSignal;
  /** False until the client's `initialize` was taken. */
  readonly initialized: boolean;
  /** Answers one HTTP request. @param body the JSON of a POST */
  answer(req: IncomingMessage, res: ServerResponse, body: unknown, caller: McpCaller): Promise<void>;
  /** Ends the stream on which nothing but notifications comes. */
  closeEventStream(): void;
  end(): Promise<void>;
}

const INSTRUCTIONS =
  'Signalbox runs commands, tools and saved workflows under a policy, and records each call as a run. A result names its ' +
  'run in _meta; signalbox://runs/RUN_ID shows it. A call may have to be approved by a person first: then the result says so.';

/** Nothing is asked of clients, so no answer of theirs is checked; the SDK would make an Ajv for each session. */
const NO_VALIDATOR = {
  getValidator: () => {
    throw new Error('nothing is elicited');
  },
};

interface SessionDeps {
  readonly sdk: Sdk;
  readonly deps: McpDeps;
  readonly listTools: ListTools;
  readonly limits: McpLimits;
  /** Aborts when the server begins to stop. */
  readonly stopping: AbortSignal;
}

export async function openSession({ sdk, deps, listTools, limits, stopping }: SessionDeps): Promise<Session> {
  const id = randomUUID();
  const ended = new AbortController();
  const server = new sdk.Server(
    { name: 'signalbox', title: 'Signalbox', version: deps.version },
    {
      capabilities: { tools: {}, resources: { subscribe: true }, logging: {} },
      instructions: INSTRUCTIONS,
      jsonSchemaValidator: NO_VALIDATOR,
    },
  );
  const transport = new sdk.StreamableHTTPServerTransport({
    sessionIdGenerator: () => id,
    maxRequestBodySize: limits.maxMessageBytes,
  });
  // Before the SDK's handler, which aborts pending requests.
  transport.onclose = () => ended.abort();
  const onError = (error: Error) => deps.logger.debug('mcp.protocol', { error: error.message });
  transport.onerror = onError;
  const updated = (uri: string) => void server.sendResourceUpdated({ uri }).catch(onError);
  const subscriptions = createResourceSubscriptions(deps, {
    maxSubscriptions: limits.maxSubscriptionsPerSession,
    ended: ended.signal,
    onUpdated: updated,
  });
  registerRequestHandlers(server, sdk, {
    ...{ deps, listTools, subscriptions },
    detached: AbortSignal.any([ended.signal, stopping]),
    callerOf: ({ authInfo }) => authInfo?.extra?.caller as McpCaller,
    endStream: (request) => transport.closeSSEStream(request),
  });
  await server.connect(transport as Transport);

  return {
    id,
    ended: ended.signal,
    get initialized() {
      return transport.sessionId !== undefined;
    },
    async answer(req, res, body, caller) {
      const auth = { token: '', clientId: caller.principal.subject, scopes: [], extra: { caller } };
      await transport.handleRequest(Object.assign(req, { auth }), res, body);
    },
    closeEventStream: () => transport.closeStandaloneSSEStream(),
    end: () => server.close(),
  };
}
