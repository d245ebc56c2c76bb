import { Type } from 'typebox';
import type { SchemaValidator } from '../core/schema-validator.ts';
import type { JsonObject } from '../lib/json.ts';
import { defineBackend } from './define-backend.ts';
import { connectMcp, type McpClientDeps } from './mcp/client.ts';
import { selectTool } from './mcp/select-tool.ts';
import { mcpServerConfigProperties, mcpServerUri } from './mcp/server-config.ts';
import { buildToolArguments, validateToolArguments } from './mcp/tool-arguments.ts';

export interface McpDeps extends McpClientDeps {
  readonly schemas: SchemaValidator;
}

/** An agent that is one tool of an MCP server. */
export const mcp = (deps: McpDeps) =>
  defineBackend({
    name: 'mcp',
    description:
      'Calls one tool of an MCP server, over stdio, streamable HTTP, or HTTP with SSE: the first that the agent names, ' +
      'the only one there is, or the one that its goal names. Its arguments come from the configuration and the context.',
    config: Type.Object(
      {
        ...mcpServerConfigProperties,
        arguments: Type.Optional(
          Type.Record(Type.String(), Type.Unknown(), {
            description: 'Arguments of the tool, by name. Those that are missing are taken from the context.',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    resumes: false,
    requiredAccess(config) {
      const uri = mcpServerUri(config, deps.canonicalize);
      const reach = { action: 'agent:mcp', uri };
      return config.stdioCommand ? [{ action: 'exec', uri }, reach] : [reach];
    },
    async run({ config, context, ...agent }, work) {
      const { arguments: given = {}, ...server } = config;
      const connection = await connectMcp(server, deps, work);
      try {
        const tool = selectTool(await connection.tools(), agent);
        const args = buildToolArguments(tool, given as JsonObject, context);
        await validateToolArguments(tool, args, deps.schemas, work.signal);
        const output = await work.callTool(tool.name, args, {
          uri: connection.uri,
          perform: (checked, signal) => connection.call(tool.name, checked, signal),
        });
        return { mediaType: 'application/json', content: JSON.stringify(output) };
      } finally {
        await connection.close();
      }
    },
  });
