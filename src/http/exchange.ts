import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpDeps, RequestInfo } from '../surfaces/http/exchange/http-deps.ts';
import type { HttpLimits } from '../surfaces/http/exchange/http-limits.ts';

/** One request and its answer, with all that a route needs. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** What the pattern of the route named. */
  readonly params: Readonly<Record<string, string | undefined>>;
  /** Without the question mark. */
  readonly query: string;
  readonly info: RequestInfo;
  readonly deps: HttpDeps;
  readonly limits: HttpLimits;
}
