import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import { summarize } from './summarize.ts';

const MOST_CHARACTERS = 1_000_000;
const MOST_SENTENCES = 50;

const tool: Tool = {
  name: 'summarize',
  title: 'Summarize',
  description:
    'Picks the sentences of a text that say most of what it is about. Works in any language, without a model.',
  inputSchema: {
    type: 'object',
    properties: {
      text: { type: 'string', minLength: 1, maxLength: MOST_CHARACTERS, description: 'The text.' },
      sentences: {
        type: 'integer',
        minimum: 1,
        maximum: MOST_SENTENCES,
        default: 3,
        description: 'How many sentences to keep.',
      },
    },
    required: ['text'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: {
      summary: { type: 'string', description: 'The sentences, in the order of the text.' },
      sentences: { type: 'integer', description: 'How many they are.' },
      of: { type: 'integer', description: 'How many the text has.' },
    },
    required: ['summary', 'sentences', 'of'],
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
};

/** A failure that whoever called the tool can do something about goes into the result, as MCP asks. */
function call({ text, sentences = 3 }: Readonly<Record<string, unknown>>): CallToolResult {
  if (typeof text !== 'string' || text.length > MOST_CHARACTERS) {
    return failed(`Give \`text\`, a string of at most ${MOST_CHARACTERS} characters.`);
  }
  if (typeof sentences !== 'number' || !Number.isInteger(sentences) || sentences < 1 || sentences > MOST_SENTENCES) {
    return failed(`Give \`sentences\` as a whole number from 1 to ${MOST_SENTENCES}.`);
  }
  const made = summarize(text, sentences);
  if (made.of === 0) return failed('The text has no sentence in it.');
  return { structuredContent: { ...made }, content: [{ type: 'text', text: made.summary }] };
}

function failed(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }] };
}

/** An MCP server with one tool, on standard input and output. */
const server = new Server({ name: 'summary-server', version: '1.0.0' }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [tool] }));
server.setRequestHandler(CallToolRequestSchema, ({ params }) =>
  params.name === tool.name ? call(params.arguments ?? {}) : failed(`There is no tool ${params.name}.`),
);
await server.connect(new StdioServerTransport());
