import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

/** What servers under test act on: fake agents and a fake language model, behind one real HTTP server. It outlives them. */
export interface OutsideWorld extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. POST /act has an effect; so has /agreed, which needs an approval. */
  readonly url: string;
  /** The environment of a server that uses it. */
  readonly env: Readonly<Record<string, string>>;
  /** How often each step has had its effect, by `RUN STEP`. */
  readonly effects: ReadonlyMap<string, number>;
}

/** The input of a step that acts, which an agent receives as its context. */
interface Act {
  readonly run: string;
  readonly step: string;
  /** Number of failures before it succeeds. */
  readonly failures?: number;
  /** Duration in milliseconds. */
  readonly ms?: number;
  readonly value?: unknown;
  /** The share of numbers for which it always fails. */
  readonly percent?: number;
  readonly n?: number;
}

/** @param folder in which its policy file is written */
export async function startOutsideWorld(folder: string): Promise<OutsideWorld> {
  const effects = new Map<string, number>();
  const act = async (
    { run, step, failures = 0, ms = 0, value = null, n = 0, percent }: Act,
    response: ServerResponse,
  ) => {
    const name = `${run} ${step}`;
    const times = (effects.get(name) ?? 0) + 1;
    effects.set(name, times);
    await pause(ms);
    if (percent !== undefined && (n * 61) % 100 < percent) return response.writeHead(503).end(`It wavers at ${n}.`);
    if (times <= failures) response.writeHead(503).end(`Not yet, at the ${times}. time.`);
    else answer(response, value);
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'GET') {
      await pause(Number(searchParams.get('ms')));
      return answer(response, searchParams.get('value'));
    }
    const { context } = (await json(request)) as { context: Act };
    return pathname === '/v1/chat/completions' ? completeChat(response) : act(context, response);
  };
  // A server that is killed breaks its connections.
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rules = join(folder, 'policy.csv');
  const shipped = await readFile('policy/policy.csv', 'utf8');
  await writeFile(rules, `${shipped}\np, analyst, agent:http_api, http://${host}/agreed, *, approve\n`);
  return {
    url: `http://${host}`,
    effects,
    env: {
      ALLOWED_PRIVATE_HOSTS: host,
      LLM_API_BASE: `http://${host}/v1`,
      LLM_MODEL: 'fake',
      POLICY_FILE: rules,
      LOG_LEVEL: 'warn',
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function answer(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** A stream of OpenAI's chat completions that says "yes" in two pieces. */
async function completeChat(response: ServerResponse): Promise<void> {
  const send = (delta: object, finish_reason: string | null = null) => {
    const choices = [{ index: 0, delta, finish_reason }];
    const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model: 'fake', choices };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  send({ role: 'assistant', content: 'y' });
  await pause(50);
  send({ content: 'es' }, 'stop');
  response.end('data: [DONE]\n\n');
}
