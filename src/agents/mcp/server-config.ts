import { type Static, Type } from 'typebox';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { execUri } from '../../resources/uri/exec-uri.ts';
import { UriOption } from '../shared/http-uri.ts';

/** Title of every configuration that names an MCP server: they share one input type in GraphQL (see `Backend.config`). */
export const MCP_INPUT_TITLE = 'McpBackendInput';

/** The properties that name an MCP server, for every schema that contains one. */
export const mcpServerConfigProperties = {
  stdioCommand: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      maxItems: 256,
      description:
        'Program and arguments of a server that speaks MCP over stdio. It runs in the sandbox; the policy must allow exec on ' +
        'the program. `node` is the Node.js of this server. A path below a folder of SANDBOX_READ_PATHS may begin with the ' +
        'name of that folder.',
    }),
  ),
  serverUrl: Type.Optional(
    UriOption('http or https URL of a server that speaks streamable HTTP, or the older HTTP with SSE.'),
  ),
  env: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' }), Type.String(), {
      'x-signalbox': 'json',
      description:
        'Environment variables of the program, by name. `secret:NAME` in a value is replaced by that secret of this server.',
    }),
  ),
  headers: Type.Optional(
    Type.Record(Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$" }), Type.String(), {
      'x-signalbox': 'json',
      description:
        'Headers of every request, by name, such as {"Authorization": "Bearer secret:NAME"}. `secret:NAME` in a value is ' +
        'replaced by that secret of this server.',
    }),
  ),
};

/** How an MCP server is reached: exactly one of `stdioCommand` and `serverUrl`. */
export const McpServerConfig = Type.Object(mcpServerConfigProperties, {
  title: MCP_INPUT_TITLE,
  additionalProperties: false,
  description: 'An MCP server: exactly one of stdioCommand and serverUrl.',
});
export type McpServerConfig = Static<typeof McpServerConfig>;

/** The URI that the policy is asked about, and that secrets are sent to. @throws Fault BAD_INPUT, NOT_FOUND, UNSUPPORTED_SCHEME */
export function mcpServerUri(server: McpServerConfig, canonicalize: (uri: string) => CanonicalUri): CanonicalUri {
  const { stdioCommand: command, serverUrl: url } = server;
  if ((command === undefined) === (url === undefined)) {
    throw new Fault(
      'BAD_INPUT',
      'An MCP server is named by exactly one of stdioCommand and serverUrl. Set one of them.',
    );
  }
  if (command) return execUri(command[0] ?? '');
  const uri = canonicalize(url ?? '');
  if (uri.scheme === 'http' || uri.scheme === 'https') return uri;
  throw new Fault(
    'BAD_INPUT',
    `MCP servers cannot be reached over ${uri.scheme}:. Use an http or https URL in serverUrl.`,
  );
}
