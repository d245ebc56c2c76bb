import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
  type Tool,
} from '@modelcontextprotocol/sdk/types.js';
import { summarize } from './summarize.ts';

const MAX_CHARACTERS = 1_000_000;
const MAX_SENTENCES = 50;

const tool: Tool = {
  name: 'summarize',
  title: 'Summarize',
  description: 'Picks the sentences that best cover the topic of a text. Works in any language, without a model.',
  inputSchema: {
    type: 'object',
    properties: {
      text: { type: 'string', minLength: 1, maxLength: MAX_CHARACTERS, description: 'The text.' },
      sentences: {
        type: 'integer',
        minimum: 1,
        maximum: MAX_SENTENCES,
        default: 3,
        description: 'Number of sentences to keep. Default 3.',
      },
    },
    required: ['text'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: {
      summary: { type: 'string', description: 'The sentences, in the order of the text.' },
      sentences: { type: 'integer', description: 'Number of sentences in the summary.' },
      of: { type: 'integer', description: 'Number of sentences in the text.' },
    },
    required: ['summary', 'sentences', 'of'],
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
};

/** Failures that the caller can fix are part of the result, as MCP requires. */
function call({ text, sentences = 3 }: Readonly<Record<string, unknown>>): CallToolResult {
  if (typeof text !== 'string' || text.length > MAX_CHARACTERS) {
    return failed(`\`text\` must be a string of at most ${MAX_CHARACTERS} characters.`);
  }
  if (typeof sentences !== 'number' || !Number.isInteger(sentences) || sentences < 1 || sentences > MAX_SENTENCES) {
    return failed(`\`sentences\` must be a whole number from 1 to ${MAX_SENTENCES}.`);
  }
  const summary = summarize(text, sentences);
  if (summary.of === 0) return failed('The text contains no sentence. Use a longer text.');
  return { structuredContent: { ...summary }, content: [{ type: 'text', text: summary.summary }] };
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
