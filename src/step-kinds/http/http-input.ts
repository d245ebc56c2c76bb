import { type Static, type TSchema, Type } from 'typebox';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { ResourceInput } from '../../core/resource.ts';
import { isJsonObject, type Json } from '../../lib/json.ts';
import { PATH_PATTERN } from './json-path.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const MAX_PAGES = 1_000;
export const DEFAULT_MAX_PAGES = 100;

const SCALARS = [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }];
type Scalar = string | number | boolean;
type Fields = Readonly<Record<string, Scalar | readonly Scalar[]>>;

function FieldsOption(description: string) {
  const value = { anyOf: [...SCALARS, { type: 'array', items: { anyOf: SCALARS } }] };
  return Type.Unsafe<Fields>({ type: 'object', additionalProperties: value, description } as TSchema);
}

const SecretName = (description: string) =>
  Type.String({
    pattern: '^\\w+$',
    maxLength: 128,
    description: `${description}: the name of a secret of this server.`,
  });

export const HttpInput = Type.Object({
  method: Type.Optional(Type.Enum([...METHODS], { default: 'GET', description: 'HTTP method. Default GET.' })),
  url: Type.String({
    'x-signalbox': 'uri',
    minLength: 1,
    maxLength: 65_536,
    description: 'http or https URL.',
  }),
  query: Type.Optional(FieldsOption('Parameters that are added to the query of the URL; a list repeats its name.')),
  headers: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'Headers by name. `secret:NAME` in a value stands for that secret of this server.',
    }),
  ),
  auth: Type.Optional(
    Type.Object(
      {
        bearer: Type.Optional(SecretName('Token that is sent as `Authorization: Bearer`')),
        basic: Type.Optional(
          Type.Object(
            {
              username: Type.String({ maxLength: 256, pattern: '^[^:]*$', description: 'User name, as it is.' }),
              password: SecretName('Password'),
            },
            { additionalProperties: false, description: 'User name and password (RFC 7617).' },
          ),
        ),
      },
      { additionalProperties: false, minProperties: 1, maxProperties: 1, description: 'Credentials: one of the two.' },
    ),
  ),
  json: Type.Optional(Type.Unsafe<Json>({ description: 'Body as JSON: any value.' })),
  form: Type.Optional(FieldsOption('Body as a form (application/x-www-form-urlencoded).')),
  body: Type.Optional(
    Type.Unsafe<ResourceInput>({
      type: 'object',
      minProperties: 1,
      maxProperties: 1,
      description: 'Body as it is: a resource, as {uri}, {text} or {bytes}, with its media type.',
    }),
  ),
  response: Type.Optional(
    Type.Enum(['content', 'full'], {
      default: 'content',
      description:
        'content: the output is the body, as JSON or as a resource. full: {status, headers, body}, where a body that is not JSON is an artifact.',
    }),
  ),
  pages: Type.Optional(
    Type.Object(
      {
        cursor: Type.Optional(
          Type.String({
            pattern: PATH_PATTERN,
            maxLength: 256,
            description:
              'JSON path in a page to its cursor, or to the URL of the next page. Default: the header Link with rel=next.',
          }),
        ),
        parameter: Type.Optional(
          Type.String({ minLength: 1, maxLength: 256, description: 'Parameter of the query that takes the cursor.' }),
        ),
        items: Type.Optional(
          Type.String({
            pattern: PATH_PATTERN,
            maxLength: 256,
            description: 'JSON path to the list in a page. Default: the page is the list.',
          }),
        ),
        max: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: MAX_PAGES,
            default: DEFAULT_MAX_PAGES,
            description: `Maximum number of pages; more are an error. Default ${DEFAULT_MAX_PAGES}.`,
          }),
        ),
      },
      {
        additionalProperties: false,
        description: 'GET follows the pages, and the items of all pages are the body, as one list.',
      },
    ),
  ),
});
export type HttpInput = Static<typeof HttpInput>;

/** A method that only reads (RFC 9110 section 9.2.1). */
export function isSafe(method: unknown = 'GET'): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The URL with its parameters, also of an input that has not been checked yet. @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
export function requestUri(
  { url, query = {} }: Pick<HttpInput, 'url' | 'query'>,
  canonicalize: (uri: string) => CanonicalUri,
): CanonicalUri {
  const uri = canonicalize(String(url));
  if (uri.scheme !== 'http' && uri.scheme !== 'https') {
    throw new Fault('BAD_INPUT', `A request is sent to an http or https URL, not to ${uri.scheme}:.`, {
      path: ['url'],
    });
  }
  const added = isJsonObject(query) ? encodeFields(query) : '';
  return added === '' ? uri : canonicalize(`${uri.href}${uri.query === '' ? '?' : '&'}${added}`);
}

/** As in the query of a URL and in a form. */
export function encodeFields(fields: Fields): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  return new URLSearchParams(pairs).toString();
}

/** @throws Fault BAD_INPUT for parts that exclude each other */
export function checkHttpInput({ method = 'GET', json, form, body, pages }: HttpInput): void {
  const bodies = Object.entries({ json, form, body }).filter(([, value]) => value !== undefined);
  const [, second] = bodies;
  if (second) throw new Fault('BAD_INPUT', 'A request has one body: json, form or body.', { path: [second[0]] });
  if (bodies.length > 0 && isSafe(method)) {
    throw new Fault('BAD_INPUT', `${method} has no body. Use query, or another method.`, { path: ['method'] });
  }
  if (!pages) return;
  if (method !== 'GET') throw new Fault('BAD_INPUT', 'Only GET has pages.', { path: ['pages'] });
  if (pages.parameter !== undefined && pages.cursor === undefined) {
    throw new Fault('BAD_INPUT', 'pages.parameter takes a cursor. Set pages.cursor to its JSON path.', {
      path: ['pages'],
    });
  }
}
