import type { IncomingMessage } from 'node:http';
import { Fault } from '../core/errors.ts';
import type { SignedIn } from '../core/principal.ts';
import type { HttpDeps } from '../surfaces/http/exchange/http-deps.ts';

/** Who asks, by the header alone: no cookies, so no page can ask in somebody's name. @throws Fault UNAUTHENTICATED */
export async function signedIn(req: IncomingMessage, deps: HttpDeps): Promise<SignedIn> {
  const principal = await deps.authenticate(req.headers.authorization);
  if (principal.kind !== 'anonymous') return principal;
  throw new Fault('UNAUTHENTICATED', 'Sign in first, and send the token as "Authorization: Bearer TOKEN".');
}
