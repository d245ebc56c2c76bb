import {
  ApprovalDocument,
  type ApprovalPartsFragment,
  type ApprovalState,
  ApprovalsDocument,
  DecideApprovalDocument,
} from '../generated/graphql.ts';
import { SignalboxError, unwrap } from '../transport/signalbox-error.ts';
import type { CallOptions } from '../transport/transport.ts';
import type { CallContext } from './call-context.ts';
import { type List, type ListOptions, listOf } from './lists.ts';

export type Approval = ApprovalPartsFragment;

interface DecisionOptions extends CallOptions {
  readonly comment?: string;
}

/** Every method throws SignalboxError, also for a refusal. */
export interface Approvals {
  /** @param options `mine`: only those that you may decide. */
  list(options?: ListOptions & { readonly state?: ApprovalState; readonly mine?: boolean }): List<Approval>;
  /** @throws SignalboxError NOT_FOUND */
  get(id: string, options?: CallOptions): Promise<Approval>;
  approve(id: string, options?: DecisionOptions): Promise<Approval>;
  reject(id: string, options?: DecisionOptions): Promise<Approval>;
}

export function createApprovals(ctx: CallContext): Approvals {
  async function decide(approvalId: string, approve: boolean, { comment, ...options }: DecisionOptions = {}) {
    const input = { approvalId, approve, comment };
    return unwrap((await ctx.request(DecideApprovalDocument, { input }, options)).decideApproval);
  }

  return {
    list: ({ state, mine, first, after: begin, signal } = {}) =>
      listOf(begin, async (after) => {
        const variables = { state, mine, first, after };
        return (await ctx.request(ApprovalsDocument, variables, { signal })).approvals;
      }),
    async get(id, options) {
      const { node } = await ctx.request(ApprovalDocument, { id }, options);
      // Other nodes have none of the fields.
      if (node && 'requestedAt' in node) return node as Approval;
      throw new SignalboxError('NOT_FOUND', `There is no approval ${id}, or you may not see it.`);
    },
    approve: (id, options) => decide(id, true, options),
    reject: (id, options) => decide(id, false, options),
  };
}
