import { Type } from 'typebox';
import type { SchemaValidator } from '../core/resource.ts';
import type { JsonObject } from '../lib/json.ts';
import { defineBackend } from './define-backend.ts';
import { connectMcp, type McpClientDeps } from './mcp/client.ts';
import { selectTool } from './mcp/select-tool.ts';
import { MCP_INPUT_TITLE, mcpServerConfigProperties, mcpServerUri } from './mcp/server-config.ts';
import { buildToolArguments, validateToolArguments } from './mcp/tool-arguments.ts';

export interface McpDeps extends McpClientDeps {
  readonly schemas: SchemaValidator;
}

export const McpConfig = Type.Object(
  {
    ...mcpServerConfigProperties,
    arguments: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        'x-signalbox': 'json',
        description: 'Arguments of the tool, by name. Missing arguments are taken from the context.',
      }),
    ),
  },
  {
    title: MCP_INPUT_TITLE,
    description: 'A tool of an MCP server: exactly one of stdioCommand and serverUrl.',
    additionalProperties: false,
  },
);

/** Agents that are one tool of an MCP server. */
export const mcp = (deps: McpDeps) =>
  defineBackend({
    name: 'mcp',
    description:
      'Calls one tool of an MCP server, over stdio, streamable HTTP, or HTTP with SSE: the first that the agent names, ' +
      'the only tool of the server, or the one that the goal names. Its arguments come from the configuration and the context.',
    config: McpConfig,
    resumes: false,
    requiredAccess(config) {
      const uri = mcpServerUri(config, deps.canonicalize);
      const access = { action: 'agent:mcp', uri };
      return config.stdioCommand ? [{ action: 'exec', uri }, access] : [access];
    },
    async run({ config, context, ...agent }, session) {
      const { arguments: configured = {}, ...server } = config;
      const connection = await connectMcp(server, deps, session);
      try {
        const tool = selectTool(await connection.tools(), agent);
        const args = buildToolArguments(tool, configured as JsonObject, context);
        await validateToolArguments(tool, args, deps.schemas, session);
        const output = await session.callTool(tool.name, args, {
          uri: connection.uri,
          perform: (allowedArgs, signal) => connection.call(tool.name, allowedArgs, signal),
        });
        return { mediaType: 'application/json', content: JSON.stringify(output) };
      } finally {
        await connection.close();
      }
    },
  });
