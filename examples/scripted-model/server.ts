import { createServer, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

/** The properties of a request that it reads (OpenAI, "Create chat completion"). */
interface Request {
  readonly model?: string;
  readonly messages: readonly { readonly role: string; readonly content?: string | null }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

const PORT = Number(process.argv[2] ?? 4010);

/** Arguments of its call of each known tool. */
function argumentsFor(tool: string, about: string): object {
  if (/search/.test(tool)) return { query: about.slice(0, 200) };
  if (/notify/.test(tool)) return { message: 'The research is done.' };
  return { text: about };
}

/**
 * Not a language model: it follows a script. It calls each offered tool once, in order, and then answers with the result of
 * the first call. That is enough to watch an agent without a model: its calls, and its words as they arrive.
 */
const server = createServer(async (request, response) => {
  if (request.method !== 'POST' || !request.url?.endsWith('/chat/completions')) {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: 'This endpoint serves only POST /v1/chat/completions.' } }));
    return;
  }
  const { model = 'scripted', messages, tools = [] } = (await json(request)) as Request;
  const results = messages.filter(({ role }) => role === 'tool');
  const goal = messages.find(({ role }) => role === 'user')?.content ?? '';
  const next = tools[results.length]?.function.name;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (delta: object, finish: string | null = null) =>
    say(response, model, { index: 0, delta, finish_reason: finish });

  if (next !== undefined) {
    const call = { name: next, arguments: JSON.stringify(argumentsFor(next, goal)) };
    send({
      role: 'assistant',
      tool_calls: [{ index: 0, id: `call_${results.length}`, type: 'function', function: call }],
    });
    send({}, 'tool_calls');
  } else {
    const result = String(results[0]?.content ?? 'nothing').slice(0, 300);
    for (const word of `This is what the tools gave: ${result}`.split(/(?<= )/)) {
      send({ content: word });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    send({}, 'stop');
  }
  const size = JSON.stringify(messages).length;
  const usage = { prompt_tokens: Math.ceil(size / 4), completion_tokens: 20, total_tokens: Math.ceil(size / 4) + 20 };
  response.end(`data: ${JSON.stringify({ id: 'script', model, choices: [], usage })}\n\ndata: [DONE]\n\n`);
});

function say(response: ServerResponse, model: string, choice: object): void {
  const chunk = { id: 'script', object: 'chat.completion.chunk', created: 0, model, choices: [choice] };
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

server.listen(PORT, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  process.stdout.write(`A scripted model answers at http://127.0.0.1:${port}/v1\n`);
});
