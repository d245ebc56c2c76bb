import { type Static, Type } from 'typebox';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { execUri } from '../../resources/uri/exec-uri.ts';

/** The properties that name an MCP server, for every schema that takes one. */
export const mcpServerConfigProperties = {
  stdioCommand: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 256,
      description:
        'Program and arguments of a server that speaks MCP on its standard input and output. Needs the policy to allow ' +
        'exec on the program. `node` is the Node.js of this server; a path below a folder of SANDBOX_READ_PATHS may ' +
        'begin with the name of that folder.',
    }),
  ),
  serverUrl: Type.Optional(
    Type.String({
      description: 'http or https URL of a server that speaks streamable HTTP, or the older HTTP with SSE.',
    }),
  ),
  env: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' }), Type.String(), {
      description: 'Environment of the program, by name; `secret:NAME` in a value stands for a secret of this server.',
    }),
  ),
  headers: Type.Optional(
    Type.Record(Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$" }), Type.String(), {
      description: 'Headers of every request, by name, such as {"Authorization": "Bearer secret:NAME"}.',
    }),
  ),
};

/** How an MCP server is reached: exactly one of `stdioCommand` and `serverUrl`. */
export const McpServerConfig = Type.Object(mcpServerConfigProperties, {
  additionalProperties: false,
  description: 'An MCP server: exactly one of stdioCommand and serverUrl.',
});
export type McpServerConfig = Static<typeof McpServerConfig>;

/** What the policy is asked about, and what secrets are sent to. @throws Fault BAD_INPUT, NOT_FOUND, UNSUPPORTED_SCHEME */
export function mcpServerUri(server: McpServerConfig, canonicalize: (uri: string) => CanonicalUri): CanonicalUri {
  const { stdioCommand: command, serverUrl: url } = server;
  if ((command === undefined) === (url === undefined)) {
    throw new Fault('BAD_INPUT', 'Name the MCP server by stdioCommand or by serverUrl, and not by both.');
  }
  if (command) return execUri(command[0] ?? '');
  const uri = canonicalize(url ?? '');
  if (uri.scheme === 'http' || uri.scheme === 'https') return uri;
  throw new Fault('BAD_INPUT', `MCP is not spoken over ${uri.scheme}:. Give serverUrl an http or https URL.`);
}
