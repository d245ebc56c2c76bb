import type { SignedIn } from '../core/principal.ts';
import type { WorkflowRecord } from '../core/workflows.ts';
import { signedIn } from './caller-scope.ts';
import type { Context } from './context.ts';

/** Whoever may read the saved workflows of their tenant. @throws Fault UNAUTHENTICATED, FORBIDDEN and its kin */
export function mayReadWorkflows(ctx: Context): SignedIn {
  const who = signedIn(ctx);
  ctx.app.gate.pass(who, { action: 'query:workflows' });
  return who;
}

/** One version of a saved workflow of the caller's tenant. @throws Fault as `mayReadWorkflows` does */
export async function workflowById(id: string, ctx: Context): Promise<WorkflowRecord | undefined> {
  const { tenant } = mayReadWorkflows(ctx);
  return ctx.app.workflows.byId(tenant, id);
}
