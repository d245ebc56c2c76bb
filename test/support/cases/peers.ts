import type { ServerResponse } from 'node:http';
import type { Json, JsonObject } from '../../../src/lib/json.ts';
import { beginEventStream, type FakeOpenai, serverSentEvent, startFakeOpenai } from '../agents/openai.ts';
import { type ScriptedReply, sendMessage, startScriptedMcpServer } from '../agents/scripted-mcp-server.ts';

/** Results of a fake MCP server. */
export interface McpInput {
  readonly 'tools/list': JsonObject & { readonly tools: readonly { readonly name: string }[] };
  readonly 'tools/call': JsonObject;
  /** Milliseconds before a result, by method. */
  readonly delays?: Readonly<Record<string, number>>;
  /** 404 for each call until a second session has begun. */
  readonly forgetsFirstSession?: boolean;
}

/** Answers of a fake model. */
export interface ModelInput {
  /** For each answer its chunks; a text is sent as it is. After the last one, it only says `done`. */
  readonly turns: readonly (readonly (JsonObject | string)[])[];
  /** The stream ends without [DONE]. */
  readonly noDone?: boolean;
  /** The error for requests with this field. */
  readonly refuses?: { readonly field: string; readonly status: number; readonly message: string };
  /** The MCP server whose tools it may call. */
  readonly server?: McpInput;
}

const SAYS_DONE: ModelInput['turns'][number] = [
  { choices: [{ index: 0, delta: { content: 'done' }, finish_reason: 'stop' }] },
];

/** A fake model and a fake MCP server, which one case at a time uses. */
export async function startPeers() {
  let answers: ModelInput = { turns: [] };
  let results: McpInput = { 'tools/list': { tools: [] }, 'tools/call': {} };
  let sessions = 0;
  let calls: Json[] = [];

  const model: FakeOpenai = await startFakeOpenai([
    (response) => {
      const body = model.requests.at(-1)?.body ?? {};
      const { refuses } = answers;
      if (refuses && refuses.field in body) {
        response.writeHead(refuses.status, { 'content-type': 'application/json' });
        return response.end(JSON.stringify({ error: { message: refuses.message } }));
      }
      streamTurn(response, answers.turns[answersIn(body)] ?? SAYS_DONE, answers.noDone);
    },
  ]);

  const replyWith =
    (method: 'tools/list' | 'tools/call'): ScriptedReply =>
    async ({ id = 0, params }, response) => {
      if (method === 'tools/call') {
        if (results.forgetsFirstSession && sessions < 2) return sendMessage(response, {}, 404);
        calls.push({ tool: params.name ?? null, arguments: params.arguments ?? null });
      }
      await new Promise((resolve) => setTimeout(resolve, results.delays?.[method] ?? 0));
      sendMessage(response, { id, result: results[method] });
    };
  const mcp = await startScriptedMcpServer({
    initialize: ({ id = 0, params }, response) => {
      sessions += 1;
      response.setHeader('mcp-session-id', `session-${sessions}`);
      const serverInfo = { name: 'scripted', version: '1' };
      const { protocolVersion = '2025-06-18' } = params;
      sendMessage(response, { id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo } });
    },
    'tools/list': replyWith('tools/list'),
    'tools/call': replyWith('tools/call'),
  });

  return {
    hosts: [model.endpoint, new URL(mcp.url).host],
    modelUrl: model.url,
    mcpUrl: mcp.url,
    /** From now on, the MCP server gives these results. @returns the calls that it serves */
    serveTools(input: McpInput): readonly Json[] {
      results = input;
      sessions = 0;
      calls = [];
      return calls;
    },
    /** From now on, the model gives these answers. @returns how often it has been asked since */
    answerWith(input: ModelInput): () => number {
      answers = input;
      const before = model.requests.length;
      return () => model.requests.length - before;
    },
    async close() {
      await Promise.all([model.close(), mcp.close()]);
    },
  };
}

/** How many answers of the model a conversation has. A request that is sent again gets the same answer again. */
function answersIn({ messages }: JsonObject): number {
  return (messages as readonly JsonObject[]).filter(({ role }) => role === 'assistant').length;
}

function streamTurn(response: ServerResponse, turn: ModelInput['turns'][number], noDone = false): void {
  beginEventStream(response);
  for (const chunk of turn) response.write(typeof chunk === 'string' ? chunk : serverSentEvent(chunk));
  response.end(noDone ? '' : serverSentEvent('[DONE]'));
}
