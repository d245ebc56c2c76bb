// A harmless MCP server over stdio that fails in the way its first argument names.
import { createInterface } from 'node:readline';

const [how = 'fine'] = process.argv.slice(2);
const text = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
const tool = (name) => ({ name, description: name, inputSchema: text });
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

const answers = {
  initialize: {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'broken', version: '1' },
  },
  'tools/list': { tools: [tool('echo')] },
};

const instead = {
  'hangs at once': () => {},
  'writes no JSON': () => process.stdout.write('Server started!\n'),
  'writes other JSON': () => process.stdout.write('{"hello": "world"}\n'),
  'speaks an unknown version': ({ id }) => say({ id, result: { ...answers.initialize, protocolVersion: '1.0' } }),
  'writes a line without end': () => {
    const piece = Buffer.alloc(2 ** 20, 'x');
    const more = () => void process.stdout.write(piece, more);
    more();
  },
  'ends at once': () => {
    process.stderr.write('I cannot find my configuration.\n');
    process.exit(3);
  },
  'lists without end': ({ id, params }, page = Number(params?.cursor ?? 0)) =>
    say({ id, result: { tools: [tool(`t${page}`)], nextCursor: String(page + 1) } }),
  'lists too many': ({ id }) => say({ id, result: { tools: Array.from({ length: 1001 }, (_, i) => tool(`t${i}`)) } }),
  'lists too much': ({ id, params }, page = Number(params?.cursor ?? 0)) =>
    say({
      id,
      result: { tools: [{ ...tool(`t${page}`), description: 'x'.repeat(1e6) }], nextCursor: String(page + 1) },
    }),
  'lists odd names': ({ id }) =>
    say({ id, result: { tools: [tool('a\nb'), tool(''), tool('x'.repeat(129)), tool('fine')] } }),
  'lists no list': ({ id }) => say({ id, result: { tools: { name: 7 } } }),
  'hangs in a call': () => {},
  'dies in a call': () => {
    process.stderr.write('Out of luck.\n');
    process.exit(1);
  },
  'answers too much': ({ id }) => say({ id, result: { content: [{ type: 'text', text: 'x'.repeat(5 * 2 ** 20) }] } }),
  'answers too deep': ({ id }) =>
    process.stdout.write(
      `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"structuredContent":{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}}}\n`,
    ),
  'answers no result': ({ id }) => say({ id, result: { content: 'text' } }),
  'answers with an error': ({ id }) => say({ id, error: { code: -32603, message: 'The database is gone.' } }),
  'answers with its secret': ({ id }) => say({ id, error: { code: -32603, message: `${process.env.KEY} is no key.` } }),
  'answers with a failure': ({ id }) =>
    say({ id, result: { isError: true, content: [{ type: 'text', text: 'There is no such city.' }] } }),
  'answers with half a character': ({ id }) => say({ id, result: { content: [{ type: 'text', text: '\ud83d' }] } }),
  'asks back': () => say({ id: 'back', method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } }),
};
const WHEN = {
  hangs: 'initialize',
  writes: 'initialize',
  speaks: 'initialize',
  ends: 'initialize',
  lists: 'tools/list',
};
const [verb] = how.split(' ');
const breaksAt = how.endsWith('in a call') ? 'tools/call' : (WHEN[verb] ?? 'tools/call');

if (how === 'chatters') for (let i = 0; i < 3_000; i += 1) process.stderr.write(`line ${i}\n`);
if (how === 'tells its secret') process.stderr.write(`my key is ${process.env.KEY}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  const { id, method, params } = message;
  if (message.id === 'back') {
    say({ id: answers.pending, result: { content: [{ type: 'text', text: JSON.stringify(message.error) }] } });
  } else if (method === breaksAt && how in instead) {
    answers.pending = id;
    instead[how](message);
  } else if (method === 'tools/call') {
    say({
      id,
      result: { content: [{ type: 'text', text: `${params.arguments.text} ${process.env.KEY ?? ''}`.trim() }] },
    });
  } else if (id !== undefined) {
    say(method in answers ? { id, result: answers[method] } : { id, error: { code: -32601, message: 'unknown' } });
  }
});
