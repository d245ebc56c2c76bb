import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { JsonObject } from '../../../src/lib/json.ts';

/** The fake model's response to one request. */
export type ScriptedAnswer =
  /** Text in these pieces, then these calls, whose arguments also arrive in pieces. */
  | {
      readonly text?: readonly string[];
      readonly calls?: readonly { readonly id?: string; readonly name: string; readonly arguments: string }[];
      readonly finish?: string;
      /** Default: not reported. */
      readonly usage?: { readonly prompt: number; readonly completion: number };
    }
  /** An error, with the body that OpenAI sends. */
  | { readonly status: number; readonly says?: string; readonly headers?: Readonly<Record<string, string>> }
  /** Any other behavior of a broken endpoint. */
  | ((response: ServerResponse) => void);

export interface FakeOpenai {
  /** Value for `apiBase`. */
  readonly url: string;
  /** Value for `allowedPrivateHosts`. */
  readonly endpoint: string;
  /** The requests, in order. */
  readonly requests: readonly {
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: JsonObject;
  }[];
  /** Resolves when no request is in progress. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A fake language model that follows a script, behind a real server: OpenAI's chat completions, streamed. After the end
 * of the script, the last answer is repeated.
 */
export async function startFakeOpenai(script: readonly ScriptedAnswer[]): Promise<FakeOpenai> {
  const requests: { path: string; headers: IncomingHttpHeaders; body: JsonObject }[] = [];
  const open = new Set<ServerResponse>();
  const server = createServer(async (request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    const body = (await json(request)) as JsonObject;
    const answer = script[Math.min(requests.length, script.length - 1)];
    requests.push({ path: request.url ?? '', headers: request.headers, body });
    response.on('error', () => {});
    if (answer === undefined) response.writeHead(500).end();
    else if (typeof answer === 'function') answer(response);
    else if ('status' in answer) sendError(response, answer);
    else streamAnswer(response, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ endpoint, requests },
    url: `http://${endpoint}/v1`,
    async idle() {
      while (open.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One event of the stream. */
export function chunkEvent(delta: JsonObject, finish: string | null = null, more: JsonObject = {}): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return serverSentEvent({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 0,
    model: 'scripted',
    choices,
    ...more,
  });
}

export function serverSentEvent(data: JsonObject | '[DONE]'): string {
  return `data: ${data === '[DONE]' ? data : JSON.stringify(data)}\n\n`;
}

/** Begins a stream. */
export function beginEventStream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function streamAnswer(
  response: ServerResponse,
  { text = [], calls = [], finish, usage }: Exclude<ScriptedAnswer, NonStreamedAnswer>,
): void {
  beginEventStream(response).write(chunkEvent({ role: 'assistant', content: '' }));
  for (const piece of text) response.write(chunkEvent({ content: piece }));
  calls.forEach(({ id, name, arguments: args }, index) => {
    response.write(
      chunkEvent({
        tool_calls: [{ index, ...(id !== undefined && { id }), type: 'function', function: { name, arguments: '' } }],
      }),
    );
    for (const piece of args.match(/[\s\S]{1,5}/g) ?? []) {
      response.write(chunkEvent({ tool_calls: [{ index, function: { arguments: piece } }] }));
    }
  });
  response.write(chunkEvent({}, finish ?? (calls.length > 0 ? 'tool_calls' : 'stop')));
  if (usage) {
    const { prompt, completion } = usage;
    const told = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
    response.write(serverSentEvent({ object: 'chat.completion.chunk', choices: [], usage: told }));
  }
  response.end(serverSentEvent('[DONE]'));
}

type NonStreamedAnswer = { readonly status: number } | ((response: ServerResponse) => void);

function sendError(
  response: ServerResponse,
  { status, says = 'no', headers = {} }: Extract<ScriptedAnswer, { readonly status: number }>,
): void {
  const error = { message: says, type: 'scripted', code: null };
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }));
}
