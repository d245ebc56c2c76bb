import { buffer } from 'node:stream/consumers';
import { Type } from 'typebox';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { parseMediaType } from '../lib/media-type.ts';
import type { Outgoing } from '../resources/outgoing/outgoing.ts';
import { resolveSecretHeaders } from '../resources/outgoing/secret-headers.ts';
import { statusFault } from '../resources/outgoing/status-fault.ts';
import { defineBackend } from './define-backend.ts';
import { startTimeout } from './service/timeout.ts';
import { requireHttpUri, UriOption } from './shared/http-uri.ts';

export interface HttpApiDeps {
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  canonicalize(uri: string): CanonicalUri;
}

const MAX_RESPONSE_BYTES = 10 * 2 ** 20;
const DEFAULT_TIMEOUT_MS = 120_000;

export const HttpApiConfig = Type.Object(
  {
    url: UriOption('http or https URL of the agent. Redirects are not followed.'),
    method: Type.Optional(
      Type.Union([Type.Literal('POST'), Type.Literal('PUT'), Type.Literal('PATCH'), Type.Literal('GET')], {
        default: 'POST',
        description: 'HTTP method. With GET the request has no body. Default POST.',
      }),
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        'x-signalbox': 'json',
        description: 'Headers by name. `secret:NAME` in a value is replaced by that secret of this server.',
      }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3_600_000,
        default: DEFAULT_TIMEOUT_MS,
        description: 'Time limit for the whole request, in milliseconds. Default 120000.',
      }),
    ),
  },
  {
    title: 'HttpBackendInput',
    description: 'An HTTP request with role, goal, context and memory as JSON.',
    additionalProperties: false,
  },
);

/** Agents behind HTTP: one request, one response. */
export function httpApi(deps: HttpApiDeps) {
  return defineBackend({
    name: 'http_api',
    description:
      'Sends JSON {role, goal, context, memory, output_schema?} to a service. The response body, of any media type, is the output. A ' +
      'status other than 2xx is a failure.',
    config: HttpApiConfig,
    resumes: false,

    requiredAccess: ({ url }) => [{ action: 'agent:http_api', uri: requireHttpUri(url, deps.canonicalize) }],

    async run({ config, role, goal, context, memory, outputSchema }, session) {
      const { method = 'POST', timeoutMs = DEFAULT_TIMEOUT_MS } = config;
      const uri = requireHttpUri(config.url, deps.canonicalize);
      const { headers, redact } = resolveSecretHeaders(config.headers, uri, session);
      const limit = startTimeout(timeoutMs, session.signal, uri.host);
      try {
        const fetch = deps.outgoing.fetch(uri, {
          maxBytes: MAX_RESPONSE_BYTES,
          idleMs: timeoutMs,
          signal: limit.signal,
          owner: session.user,
        });
        const hasBody = method !== 'GET';
        const response = await fetch(uri.href, {
          method,
          headers: { accept: '*/*', ...(hasBody && { 'content-type': 'application/json' }), ...headers },
          ...(hasBody && { body: JSON.stringify({ role, goal, context, memory, output_schema: outputSchema }) }),
        });
        const bytes = response.body ? await buffer(response.body) : Buffer.alloc(0);
        if (!response.ok)
          throw statusFault(uri.host, response.status, response.headers.get('retry-after'), redact(bytes.toString()));
        const type = parseMediaType(response.headers.get('content-type') ?? '');
        return { mediaType: type?.toString() ?? 'application/octet-stream', content: bytes };
      } finally {
        limit.clear();
      }
    },
  });
}
