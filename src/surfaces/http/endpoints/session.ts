import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SignInCredentials } from '../../../auth/sessions.ts';
import { Fault } from '../../../core/errors.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { isSameOrigin } from '../exchange/origin.ts';
import { sendJson } from '../exchange/respond.ts';
import { canHoldSession, clearSessionCookie, sessionOf, setSessionCookie } from '../exchange/session-cookie.ts';

/** More than the longest token. */
const MAX_BODY_BYTES = 16 * 1024;

/** `/session`: a page of this origin signs in with POST, and out with DELETE. @throws Fault FORBIDDEN for other sites */
export async function serveSession(exchange: Exchange): Promise<void> {
  const { req, deps } = exchange;
  if (!isSameOrigin(req, deps.config.server.trustProxy)) {
    const message =
      'A session is for the pages of this server alone. Programs sign in with the mutation signIn, or use an API token.';
    throw new Fault('FORBIDDEN', message);
  }
  await (req.method === 'POST' ? startSession(exchange) : endSession(exchange));
}

/** `{"username", "password"}`, or `{"token"}` of the identity provider. An earlier session of this browser ends. */
async function startSession({ req, res, info, deps }: Exchange): Promise<void> {
  const { trustProxy } = deps.config.server;
  if (!canHoldSession(req, trustProxy)) {
    const message = 'A session requires TLS. Use https; behind a proxy that terminates TLS, set TRUST_PROXY=true.';
    throw new Fault('FORBIDDEN', message);
  }
  const credentials = await readCredentials(req, res);
  const { token, expiresAt, principal } = await deps.sessions.start(credentials, info.address);
  const former = sessionOf(req, trustProxy);
  if (former !== undefined) await deps.sessions.end(former);
  setSessionCookie(req, res, { token, expiresAt, trustProxy });
  const { subject, username, tenant, roles } = principal;
  sendJson(res, 201, { expiresAt, principal: { subject, username, tenant, roles } });
}

async function endSession({ req, res, deps }: Exchange): Promise<void> {
  const { trustProxy } = deps.config.server;
  const session = sessionOf(req, trustProxy);
  if (session !== undefined) await deps.sessions.end(session);
  clearSessionCookie(req, res, trustProxy);
  res.writeHead(204, { 'Cache-Control': 'no-store' }).end();
}

/** @throws Fault BAD_INPUT, RESOURCE_TOO_LARGE, CANCELLED */
async function readCredentials(req: IncomingMessage, res: ServerResponse): Promise<SignInCredentials> {
  if (!/^application\/json\s*(?:;|$)/i.test(req.headers['content-type'] ?? ''))
    throw new Fault('BAD_INPUT', 'Content-Type must be application/json, which no form of another site can send.');
  if (req.headers.expect !== undefined) res.writeContinue();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES)
        throw new Fault('RESOURCE_TOO_LARGE', `The body may have at most ${MAX_BODY_BYTES} bytes.`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('CANCELLED', 'The request ended before its body did.', { cause: error });
  }
  return parseCredentials(Buffer.concat(chunks).toString());
}

/** @throws Fault BAD_INPUT, which quotes nothing of a text that may contain a password */
function parseCredentials(text: string): SignInCredentials {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Fault('BAD_INPUT', 'The body is not JSON. Send {"username", "password"}.');
  }
  const { username, password, token }: Record<string, unknown> = Object(body);
  if (typeof token === 'string' && username === undefined && password === undefined) return { token };
  if (typeof username === 'string' && typeof password === 'string' && token === undefined)
    return { username, password };
  throw new Fault('BAD_INPUT', 'Send {"username", "password"}, or {"token"} of the identity provider.');
}
