import { DecideApprovalDocument } from '../../../sdk/src/generated/graphql.ts';
import { type Client, SignalboxError, unwrap } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { ApprovalRequestsDocument } from '../generated/graphql.ts';
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

/** The approval with this ID, or the only open one of the run. @throws UsageError if several are open, with their IDs */
async function approvalOf(client: Client, id: string, signal: AbortSignal): Promise<string> {
  if (!id.startsWith('run_')) return id;
  const states = new Map<string, string>();
  let after: string | undefined;
  for (;;) {
    const { run } = await client.request(ApprovalRequestsDocument, { id, after }, { signal });
    if (!run) throw new SignalboxError('NOT_FOUND', `There is no run ${id} that you may see.`);
    const { cursor, caughtUp, events } = run.events;
    for (const event of events) if ('approval' in event) states.set(event.approval.id, event.approval.state);
    if (caughtUp) break;
    after = cursor;
  }
  const open = [...states.keys()].filter((approval) => states.get(approval) === 'OPEN');
  const [first, ...others] = open;
  if (first === undefined) throw new SignalboxError('CONFLICT', `Run ${id} has no open approval.`);
  if (others.length > 0) throw new UsageError(`Run ${id} has several open approvals. Name one: ${open.join(', ')}.`);
  return first;
}
