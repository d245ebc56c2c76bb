import { createHash } from 'node:crypto';
import type { AgentSession } from '../../core/agent-session.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import { ACCEPTED_CODINGS, decodeContent } from '../../resources/content/content-coding.ts';
import { networkFault } from '../../resources/outgoing/network-fault.ts';
import type { Outgoing, OutgoingResponse } from '../../resources/outgoing/outgoing.ts';
import { originOf } from '../../resources/outgoing/outgoing-fetch.ts';
import { headerOf, redirectTarget } from '../../resources/outgoing/redirect-target.ts';
import { checkHeaders } from '../../resources/outgoing/request-headers.ts';
import { resolveSecretHeaders, type SecretHeaders } from '../../resources/outgoing/secret-headers.ts';
import { statusFault } from '../../resources/outgoing/status-fault.ts';
import { encodeFields, type HttpInput, isSafe } from './http-input.ts';

/** Of all bodies of one step together, decoded. Larger resources are read by `fetch`, which stores them as they arrive. */
const MAX_BYTES = 16 * 2 ** 20;
/** What a failed response may explain. */
const MAX_EXPLANATION_BYTES = 64 * 1024;

/** What every step of the kind asks the policy for, for each URI. */
const HTTP_ACTION = 'step:http';

export interface ExchangeDeps {
  readonly outgoing: Pick<Outgoing, 'request'>;
  canonicalize(uri: string): CanonicalUri;
}

export interface HttpResponse {
  readonly uri: CanonicalUri;
  readonly status: number;
  readonly answer: Pick<OutgoingResponse, 'headers'>;
  readonly bytes: Buffer;
}

/** Sends the requests of one step. */
export interface Exchange {
  /**
   * Sends the request to this URI, and follows the redirects of a safe method; credentials and headers with secrets go to
   * the origin of the step's URL only.
   * @param asked the policy was asked about the URI
   * @throws Fault by the status of an unsuccessful response, with its Retry-After; RESOURCE_TOO_LARGE
   */
  send(uri: CanonicalUri, asked: boolean): Promise<HttpResponse>;
}

/** @param to the URL of the step, about which the policy was asked. @throws Fault FORBIDDEN, NOT_FOUND, BAD_INPUT */
export async function openExchange(
  deps: ExchangeDeps,
  input: HttpInput,
  to: CanonicalUri,
  session: AgentSession,
): Promise<Exchange> {
  const { method = 'GET' } = input;
  const body = await bodyOf(input, session);
  const home = headersOf(input, to, session);
  const shared = {
    accept: '*/*',
    ...(body && { 'content-type': body.mediaType }),
    ...(!isSafe(method) && { 'idempotency-key': idempotencyKey(session, method, to, body?.bytes) }),
  };
  let left = MAX_BYTES;
  return {
    async send(first, asked) {
      let uri = first;
      let isAsked = asked;
      for (let redirects = 0; ; redirects += 1) {
        if (!isAsked) session.authorize(HTTP_ACTION, uri);
        isAsked = false;
        const answer = await deps.outgoing.request(uri, {
          method,
          headers: {
            ...shared,
            ...(originOf(uri) === originOf(to) ? home.headers : home.elsewhere),
            'accept-encoding': ACCEPTED_CODINGS,
          },
          ...(body && { body: body.bytes }),
          signal: session.signal,
          owner: session.user,
        });
        try {
          const target = redirectTarget(uri, answer, redirects, deps.canonicalize);
          if (!target) {
            const bytes = await readBody(uri, answer, left, home.redact);
            left -= bytes.byteLength;
            return { uri, status: answer.status, answer, bytes };
          }
          if (!isSafe(method)) throw unsafeRedirect(uri, method, answer.status);
          uri = target;
        } finally {
          answer.body.destroy();
        }
      }
    },
  };
}

/** The headers of the input in lower case, with credentials; and those of them without a secret. */
function headersOf(
  { headers = {}, auth }: HttpInput,
  to: CanonicalUri,
  session: AgentSession,
): SecretHeaders & { readonly elsewhere: Record<string, string> } {
  const stated = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const resolved = resolveSecretHeaders(stated, to, session);
  const plain = Object.entries(stated).filter(
    ([name, value]) => resolved.headers[name] === value && !isCredential(name),
  );
  checkHeaders(resolved.headers);
  return {
    ...resolved,
    headers: { ...resolved.headers, ...authorizationOf(auth, to, session) },
    elsewhere: Object.fromEntries(plain),
  };
}

function isCredential(name: string): boolean {
  return name === 'authorization' || name === 'cookie';
}

function authorizationOf(auth: HttpInput['auth'], to: CanonicalUri, session: AgentSession): Record<string, string> {
  if (auth?.bearer !== undefined) {
    const headers = { authorization: `Bearer ${session.secret(auth.bearer, to)}` };
    checkHeaders(headers);
    return headers;
  }
  if (!auth?.basic) return {};
  const { username, password } = auth.basic;
  const credentials = Buffer.from(`${username}:${session.secret(password, to)}`).toString('base64');
  return { authorization: `Basic ${credentials}` };
}

async function bodyOf(
  { json, form, body }: HttpInput,
  session: AgentSession,
): Promise<{ readonly mediaType: string; readonly bytes: Uint8Array } | undefined> {
  if (json !== undefined) return { mediaType: 'application/json', bytes: Buffer.from(JSON.stringify(json)) };
  if (form !== undefined) {
    return { mediaType: 'application/x-www-form-urlencoded', bytes: Buffer.from(encodeFields(form)) };
  }
  if (body === undefined) return undefined;
  const source = await session.read(body);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source.stream()) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw tooLarge('The body of a request');
    chunks.push(chunk);
  }
  return { mediaType: source.mediaType, bytes: Buffer.concat(chunks) };
}

/**
 * The same for every attempt at the same request, so that a service that supports it acts once; and a different one for
 * another step or another body.
 */
function idempotencyKey(
  { runId, step }: AgentSession,
  method: string,
  { href }: CanonicalUri,
  body: Uint8Array = Buffer.alloc(0),
): string {
  const identity = JSON.stringify([runId, step, method, href]);
  return createHash('sha256').update(identity).update('\n').update(body).digest('hex').slice(0, 32);
}

async function readBody(
  uri: CanonicalUri,
  answer: OutgoingResponse,
  left: number,
  redact: (text: string) => string,
): Promise<Buffer> {
  const { status } = answer;
  const isSuccess = status >= 200 && status < 300;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of decodeContent(headerOf(answer, 'content-encoding') ?? '', answer.body)) {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (!isSuccess && size > MAX_EXPLANATION_BYTES) break;
      if (size > left) throw tooLarge('The responses of a step');
    }
  } catch (error) {
    // The status of a failed response says more than its body.
    if (isSuccess) throw networkFault(error, uri.host);
  }
  const bytes = Buffer.concat(chunks);
  if (isSuccess) return bytes;
  throw statusFault(uri.host, status, headerOf(answer, 'retry-after'), redact(bytes.toString()));
}

function tooLarge(what: string): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `${what} may have at most ${MAX_BYTES} bytes. Request less at a time, or read it with the command fetch.`,
  );
}

function unsafeRedirect({ host }: CanonicalUri, method: string, status: number): Fault {
  const message = `${host} redirects, which is followed for GET and HEAD only, not for ${method}. Use the URI that it redirects to.`;
  return new Fault('RESOURCE_UNREACHABLE', message, { details: { status } });
}
