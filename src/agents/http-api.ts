import { buffer } from 'node:stream/consumers';
import { Type } from 'typebox';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { parseMediaType } from '../lib/media-type.ts';
import type { Outgoing } from '../resources/outgoing/outgoing.ts';
import { statusFault } from '../resources/outgoing/status-fault.ts';
import { defineBackend } from './define-backend.ts';
import { startTimeout } from './service/timeout.ts';
import { requireHttpUri } from './shared/http-uri.ts';
import { resolveSecretHeaders } from './shared/secret-headers.ts';

export interface HttpApiDeps {
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  canonicalize(uri: string): CanonicalUri;
}

const MAX_RESPONSE_BYTES = 10 * 2 ** 20;
const DEFAULT_TIMEOUT_MS = 120_000;

const Config = Type.Object(
  {
    url: Type.String({ description: 'http or https URL of the agent. Redirects are not followed.' }),
    method: Type.Optional(
      Type.Union([Type.Literal('POST'), Type.Literal('PUT'), Type.Literal('PATCH'), Type.Literal('GET')], {
        default: 'POST',
        description: 'With GET the agent is told nothing but by its URL and headers.',
      }),
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'Headers by name; `secret:NAME` in a value stands for a secret of this server.',
      }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3_600_000,
        default: DEFAULT_TIMEOUT_MS,
        description: 'For all of it, in milliseconds.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Agents that are a service: one request, one answer. */
export function httpApi(deps: HttpApiDeps) {
  return defineBackend({
    name: 'http_api',
    description:
      'A service that is sent JSON {role, goal, context, memory} and answers with the output, of whatever media type. ' +
      'Any status but 2xx is a failure.',
    config: Config,
    resumes: false,

    requiredAccess: ({ url }) => [{ action: 'agent:http_api', uri: requireHttpUri(url, deps.canonicalize) }],

    async run({ config, role, goal, context, memory }, work) {
      const { method = 'POST', timeoutMs = DEFAULT_TIMEOUT_MS } = config;
      const uri = requireHttpUri(config.url, deps.canonicalize);
      const { headers, redact: hide } = resolveSecretHeaders(config.headers, uri, work);
      const limit = startTimeout(timeoutMs, work.signal, uri.host);
      try {
        const fetch = deps.outgoing.fetch(uri, {
          maxBytes: MAX_RESPONSE_BYTES,
          idleMs: timeoutMs,
          signal: limit.signal,
        });
        const isTold = method !== 'GET';
        const answer = await fetch(uri.href, {
          method,
          headers: { accept: '*/*', ...(isTold && { 'content-type': 'application/json' }), ...headers },
          ...(isTold && { body: JSON.stringify({ role, goal, context, memory }) }),
        });
        const bytes = answer.body ? await buffer(answer.body) : Buffer.alloc(0);
        if (!answer.ok)
          throw statusFault(uri.host, answer.status, answer.headers.get('retry-after'), hide(bytes.toString()));
        const type = parseMediaType(answer.headers.get('content-type') ?? '');
        return { mediaType: type?.toString() ?? 'application/octet-stream', content: bytes };
      } finally {
        limit.clear();
      }
    },
  });
}
