import type { Context } from '../../frame/context.ts';
import { printPages } from '../../frame/print-pages.ts';
import { ApprovalListDocument, type ApprovalState } from '../../generated/graphql.ts';
import { parseLimit } from '../../input/limit.ts';

export async function list(ctx: Context, _: readonly unknown[], options: unknown): Promise<undefined> {
  const {
    limit,
    state,
    mine = false,
  } = options as {
    readonly limit?: string;
    readonly state: ApprovalState | 'ALL';
    readonly mine?: boolean;
  };
  const client = await ctx.client();
  const which = { mine, state: state === 'ALL' ? undefined : state };
  await printPages(
    ctx,
    parseLimit(limit),
    async (page) => (await client.request(ApprovalListDocument, { ...which, ...page }, ctx)).approvals,
    ({ id, state, run, step, reason, roles, requestedAt, expiresAt }) => ({
      id,
      state,
      reason,
      step: step.key,
      workflow: run.workflow,
      run: run.id,
      roles,
      requestedAt,
      expiresAt,
    }),
  );
}
