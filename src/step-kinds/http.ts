import type { AgentSession } from '../core/agent-session.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { Fault } from '../core/errors.ts';
import { parseJson, parseLosslessJson } from '../core/parse-json.ts';
import type { Json } from '../lib/json.ts';
import { essenceOf, parseMediaType } from '../lib/media-type.ts';
import { headerOf } from '../resources/outgoing/redirect-target.ts';
import { defineStepKind, RawOutput } from './define-step-kind.ts';
import { type Exchange, type ExchangeDeps, type HttpResponse, openExchange } from './http/exchange.ts';
import { checkHttpInput, DEFAULT_MAX_PAGES, HttpInput, isSafe, requestUri } from './http/http-input.ts';
import { valueAt } from './http/json-path.ts';
import { nextLink } from './http/next-link.ts';

/** Sends one request, or one for each page. */
export function http(deps: ExchangeDeps) {
  return defineStepKind({
    kind: 'HTTP',
    title: 'HTTP request',
    description:
      'Sends an HTTP request, with credentials by the name of a secret, and follows pages. A status other than 2xx is a ' +
      'failure; `retry` repeats those that may pass, after the time that Retry-After states.',
    input: HttpInput,
    effectOf: ({ method }) => (isSafe(method) ? 'pure' : 'external'),
    idempotent: false,
    accessedUris: (input) => [requestUri(input, deps.canonicalize)],
    async run(input, session) {
      checkHttpInput(input);
      const to = requestUri(input, deps.canonicalize);
      const exchange = await openExchange(deps, input, to, session);
      if (input.pages) return allPages(input.pages, exchange, to, deps, session);
      const response = await exchange.send(to, true);
      if (input.response === 'full') return fullResponse(response, session);
      if (response.bytes.length === 0) return null;
      const mediaType = mediaTypeOf(response);
      if (!isJson(response)) return new RawOutput({ mediaType, content: response.bytes });
      // Numbers keep their digits: the text is checked, and stays as it is.
      const content = textOf(response);
      parseJson(content);
      return new RawOutput({ mediaType, content });
    },
  });
}

async function fullResponse(response: HttpResponse, session: AgentSession): Promise<Json> {
  const { status, answer, uri } = response;
  // Cookies of a session are credentials.
  const names = Object.keys(answer.headers).filter((name) => name !== 'set-cookie');
  const headers = Object.fromEntries(names.map((name) => [name, headerOf(answer, name) ?? '']));
  return { uri: uri.href, status, headers, body: await bodyOf(response, session) };
}

async function bodyOf(response: HttpResponse, session: AgentSession): Promise<Json> {
  const { bytes } = response;
  if (bytes.length === 0) return null;
  if (isJson(response)) return parseLosslessJson(textOf(response));
  return { ...(await session.saveArtifact('response', mediaTypeOf(response), bytes)) };
}

/** The items of all pages. @throws Fault BAD_INPUT for a page that is no list, RESOURCE_TOO_LARGE for too many pages */
async function allPages(
  pages: NonNullable<HttpInput['pages']>,
  exchange: Exchange,
  to: CanonicalUri,
  { canonicalize }: ExchangeDeps,
  session: AgentSession,
): Promise<Json> {
  const { max = DEFAULT_MAX_PAGES, items: path = '$' } = pages;
  const all: Json[] = [];
  const seen = new Set<string>();
  for (let next: CanonicalUri | undefined = to; next; ) {
    if (seen.has(next.href)) {
      throw new Fault('BAD_INPUT', `A page of ${to.host} names an earlier page as the next one. Check pages.cursor.`);
    }
    if (seen.size === max) {
      const message = `${to.host} has more than ${max} pages. Raise pages.max, or request less.`;
      throw new Fault('RESOURCE_TOO_LARGE', message, { path: ['pages', 'max'] });
    }
    const response = await exchange.send(next, seen.size === 0);
    const page = parseLosslessJson(textOf(response));
    const list = valueAt(page, path);
    if (!Array.isArray(list)) {
      const message = `A page of ${to.host} has no list at ${path}. Set pages.items to the JSON path of the list.`;
      throw new Fault('BAD_INPUT', message, { path: ['pages', 'items'] });
    }
    for (const item of list as readonly Json[]) all.push(item);
    seen.add(next.href);
    session.progress(undefined, `${seen.size} pages, ${all.length} items`);
    next = nextPage(pages, response, page, canonicalize);
  }
  return all;
}

function nextPage(
  { cursor, parameter }: NonNullable<HttpInput['pages']>,
  { uri, answer }: HttpResponse,
  page: Json,
  canonicalize: (uri: string) => CanonicalUri,
): CanonicalUri | undefined {
  const value = cursor === undefined ? nextLink(headerOf(answer, 'link') ?? '') : valueAt(page, cursor);
  if (value === undefined || value === null || value === '' || value === false) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') {
    const message = `The cursor of a page of ${uri.host} is neither text nor a number. Check pages.cursor.`;
    throw new Fault('BAD_INPUT', message, { path: ['pages', 'cursor'] });
  }
  const target = new URL(uri.href);
  if (parameter !== undefined) {
    target.searchParams.set(parameter, String(value));
    return canonicalize(target.href);
  }
  const next = URL.parse(String(value), target);
  if (
    next === null ||
    !/^https?:$/.test(next.protocol) ||
    (target.protocol === 'https:' && next.protocol === 'http:')
  ) {
    const message = `The next page of ${uri.host} is not at an ${target.protocol.slice(0, -1)} URL. For a cursor, set pages.parameter.`;
    throw new Fault('BAD_INPUT', message, { path: ['pages'] });
  }
  return canonicalize(next.href);
}

/** JSON is UTF-8 (RFC 8259 section 8.1), with or without a byte order mark. @throws Fault BAD_INPUT */
function textOf({ bytes, uri }: HttpResponse): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Fault('BAD_INPUT', `${uri.host} responds with JSON that is not UTF-8.`, { cause });
  }
}

function isJson(response: HttpResponse): boolean {
  return /^application\/(?:[\w.+-]+\+)?json$/.test(essenceOf(mediaTypeOf(response)));
}

function mediaTypeOf({ answer }: HttpResponse): string {
  return parseMediaType(headerOf(answer, 'content-type') ?? '')?.toString() ?? 'application/octet-stream';
}
