import { Fault } from '../core/errors.ts';
import type { Scope, SignedIn } from '../core/principal.ts';
import { scopeOf } from '../policy/visibility.ts';
import type { Context } from './context.ts';

/** @throws Fault UNAUTHENTICATED when nobody is signed in. */
export function signedIn(ctx: Context): SignedIn {
  if (ctx.principal.kind === 'anonymous') {
    throw (
      ctx.refusal ?? new Fault('UNAUTHENTICATED', 'Sign in first, and send the token as "Authorization: Bearer …".')
    );
  }
  return ctx.principal;
}

/** How far the caller sees. @throws Fault UNAUTHENTICATED, or FORBIDDEN when the policy lets them see no runs */
export function callerScope(ctx: Context): Scope {
  const scope = scopeOf(signedIn(ctx), ctx.app.policy);
  if (!scope)
    throw new Fault('FORBIDDEN', 'The policy lets your roles see no runs; it would take a rule for query:runs.');
  return scope;
}
