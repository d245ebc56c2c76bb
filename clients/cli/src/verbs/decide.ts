import { DecideApprovalDocument } from '../../../sdk/src/generated/graphql.ts';
import { type Client, SignalboxError, unwrap } from '../../../sdk/src/index.ts';
import { operation } from '../connection/operation.ts';
import type { Context } from '../frame/context.ts';
import { UsageError } from '../output/exit-codes.ts';

/** The verb `approve`, or `reject`. */
export const decide =
  (approve: boolean) =>
  async (ctx: Context, [id]: readonly unknown[], options: Readonly<{ comment?: string }>): Promise<undefined> => {
    const client = await ctx.client();
    const approvalId = await approvalOf(client, String(id), ctx.signal);
    const input = { approvalId, approve, ...(options.comment !== undefined && { comment: options.comment }) };
    const { decideApproval } = await client.request(DecideApprovalDocument, { input }, { signal: ctx.signal });
    const { state, run, step, comment } = unwrap(decideApproval);
    await ctx.print([{ id: approvalId, state, run: run.id, step: step.key, comment }]);
  };

interface Requests {
  readonly run: {
    readonly events: {
      readonly cursor: string;
      readonly caughtUp: boolean;
      readonly events: readonly { readonly approval: { readonly id: string; readonly state: string } }[];
    };
  } | null;
}

const ApprovalRequests = operation<Requests, { id: string; after?: string }>(`
  query ApprovalRequests($id: ID!, $after: Cursor) {
    run(id: $id) {
      events(filter: { types: [APPROVAL_REQUESTED, APPROVAL_DECIDED] }, after: $after) {
        cursor
        caughtUp
        events {
          ... on ApprovalRequested { approval { id state } }
          ... on ApprovalDecided { approval { id state } }
        }
      }
    }
  }`);

/** The approval with this ID, or the only open one of the run. @throws UsageError if several are open, with their IDs */
async function approvalOf(client: Client, id: string, signal: AbortSignal): Promise<string> {
  if (!id.startsWith('run_')) return id;
  const states = new Map<string, string>();
  let after: string | undefined;
  for (;;) {
    const { run } = await client.request(ApprovalRequests, { id, ...(after !== undefined && { after }) }, { signal });
    if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${id} that you may see.`);
    const { cursor, caughtUp, events } = run.events;
    for (const { approval } of events) states.set(approval.id, approval.state);
    if (caughtUp) break;
    after = cursor;
  }
  const open = [...states.keys()].filter((approval) => states.get(approval) === 'OPEN');
  const [first, ...others] = open;
  if (first === undefined) throw new SignalboxError('CONFLICT', `Run ${id} has no open approval.`);
  if (others.length > 0) throw new UsageError(`Run ${id} has several open approvals. Name one: ${open.join(', ')}.`);
  return first;
}
