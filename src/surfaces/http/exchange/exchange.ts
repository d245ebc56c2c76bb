import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault } from '../../../core/errors.ts';
import type { SignedIn } from '../../../core/principal.ts';
import type { HttpDeps, RequestInfo } from './http-deps.ts';
import type { HttpLimits } from './http-limits.ts';

/** One request and its response, with everything that a route needs. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Parameters of the route. */
  readonly params: Readonly<Record<string, string | undefined>>;
  /** Without the question mark. */
  readonly query: string;
  readonly info: RequestInfo;
  readonly deps: HttpDeps;
  readonly limits: HttpLimits;
}

/** Path and query of a request target. The query has no question mark; nothing is decoded. */
export function splitUrl({ url = '' }: IncomingMessage): { readonly path: string; readonly query: string } {
  const mark = url.indexOf('?');
  return mark === -1 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

/** Removes the base path, which a reverse proxy may leave in a request target. */
export function withoutBasePath(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}

/** The user of the Authorization header, or of the session. @throws Fault UNAUTHENTICATED */
export async function authenticateUser({ req, info, deps }: Exchange): Promise<SignedIn> {
  const principal = await deps.authenticate(req.headers.authorization, info);
  if (principal.kind !== 'anonymous') return principal;
  throw new Fault('UNAUTHENTICATED', 'Sign in first, and send the token as "Authorization: Bearer TOKEN".');
}
