import { Fault } from '../../../core/errors.ts';
import type { Scope, SignedIn } from '../../../core/principal.ts';
import type { WorkflowRecord } from '../../../core/workflows/workflows.ts';
import { scopeOf } from '../../../policy/visibility.ts';
import type { Context } from './context.ts';

/** The signed-in user. @throws Fault UNAUTHENTICATED */
export function requireUser(ctx: Context): SignedIn {
  if (ctx.principal.kind === 'anonymous') {
    throw (
      ctx.authFault ?? new Fault('UNAUTHENTICATED', 'Sign in first, and send the token as "Authorization: Bearer …".')
    );
  }
  return ctx.principal;
}

/** What the caller may see. @throws Fault UNAUTHENTICATED, or FORBIDDEN when the policy lets them see no runs */
export function callerScope(ctx: Context): Scope {
  const scope = scopeOf(requireUser(ctx), ctx.app.policy);
  if (!scope)
    throw new Fault('FORBIDDEN', 'The policy lets your roles see no runs. A rule for query:runs would allow it.');
  return scope;
}

/** The caller, when they may read the saved workflows of their tenant. @throws Fault UNAUTHENTICATED, FORBIDDEN, APPROVAL_REQUIRED, THROTTLED */
export function authorizeWorkflowRead(ctx: Context): SignedIn {
  const who = requireUser(ctx);
  ctx.app.gate.pass(who, { action: 'query:workflows' });
  return who;
}

/** A version of a workflow; undefined when it was deleted. @throws Fault as `authorizeWorkflowRead` does */
export async function findWorkflowVersion(
  name: string,
  version: number,
  ctx: Context,
): Promise<WorkflowRecord | undefined> {
  const { tenant } = authorizeWorkflowRead(ctx);
  return ctx.app.workflows.findVersion(tenant, name, version);
}

/** One version of a saved workflow of the caller's tenant. @throws Fault as `authorizeWorkflowRead` does */
export async function findWorkflowById(id: string, ctx: Context): Promise<WorkflowRecord | undefined> {
  const { tenant } = authorizeWorkflowRead(ctx);
  return ctx.app.workflows.byId(tenant, id);
}
