import type { AgentSession, ToolContext } from '../../core/agent-session.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { resolveSecretHeaders } from '../../resources/outgoing/secret-headers.ts';
import type { PluginContext, PluginSession } from '../definition/context.ts';

export interface AccessDeps {
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  canonicalize(uri: string): CanonicalUri;
}

/** Of one response. */
const MAX_RESPONSE_BYTES = 16 * 2 ** 20;
/** The time limit of the step is usually shorter. */
const IDLE_MS = 120_000;

/**
 * What a tool of a plugin may use.
 * @param action what the policy is asked about each request
 * @param asked URIs about which it was asked before the tool was called; the first request to each does not ask again
 */
export function toPluginContext(
  ctx: ToolContext,
  action: string,
  asked: readonly CanonicalUri[],
  deps: AccessDeps,
): PluginContext {
  const { authorize, secret, ...rest } = ctx;
  const unused = new Set(asked.map(({ href }) => href));
  return {
    ...rest,
    secret: (name, uri) => secret(name, deps.canonicalize(uri)),
    async fetch(url, { method = 'GET', headers, body, signal } = {}) {
      const uri = deps.canonicalize(url);
      if (uri.scheme !== 'http' && uri.scheme !== 'https') {
        throw new Fault('BAD_INPUT', `A plugin sends requests to http and https URLs only, not to ${uri.scheme}:.`);
      }
      if (!unused.delete(uri.href)) authorize(action, uri);
      const resolved = resolveSecretHeaders(headers, uri, { secret });
      const send = deps.outgoing.fetch(uri, {
        maxBytes: MAX_RESPONSE_BYTES,
        idleMs: IDLE_MS,
        signal: ctx.signal,
        owner: ctx.user,
      });
      return send(uri.href, {
        method,
        headers: resolved.headers,
        ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
        ...(signal && { signal }),
      });
    },
  };
}

/** What a step kind or an agent backend of a plugin may use. */
export function toPluginSession(
  session: AgentSession,
  action: string,
  asked: readonly CanonicalUri[],
  deps: AccessDeps,
): PluginSession {
  const { authorize, secret, callTool, ...rest } = session;
  const { fetch, secret: secretAt } = toPluginContext(session, action, asked, deps);
  return { ...rest, fetch, secret: secretAt, callTool: (tool, args) => callTool(tool, args) };
}
