import { type IdPrefix, idPrefix } from '../../../../core/ids.ts';
import type { ApprovalRecord, ArtifactRecord, StepRecord } from '../../../../core/run.ts';
import type { DeadLetter } from '../../../../core/store-reader.ts';
import type { WebhookRecord } from '../../../../core/workflows/webhooks.ts';
import type { WorkflowRecord } from '../../../../core/workflows/workflows.ts';
import { callerScope, findWorkflowById, requireUser } from '../../request/caller-scope.ts';
import type { Context } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { MAX_PAGE_SIZE, requireInRange } from '../builder/pagination.ts';
import type { RunView } from './refs.ts';

type NodeView = RunView | StepRecord | ArtifactRecord | ApprovalRecord | WorkflowRecord | DeadLetter | WebhookRecord;

const NODE_READERS: Partial<Record<IdPrefix, (id: string, ctx: Context) => Promise<NodeView | undefined>>> = {
  run: async (id, ctx) => {
    const run = await ctx.app.reader.run(callerScope(ctx), id);
    return run && { run };
  },
  step: async (id, ctx) => ctx.app.reader.step(callerScope(ctx), id),
  art: async (id, ctx) => ctx.app.reader.artifact(callerScope(ctx), id),
  apr: async (id, ctx) => ctx.app.reader.approval(callerScope(ctx), id),
  wf: findWorkflowById,
  dead: async (id, ctx) => {
    ctx.app.gate.pass(requireUser(ctx), { action: 'query:deadLetters' });
    return ctx.app.deadLetters.find(callerScope(ctx), id);
  },
  hook: async (id, ctx) => ctx.app.webhooks.find(requireUser(ctx), id),
};

const NodeRef = builder.interfaceRef<NodeView>('Node');

export const Node = NodeRef.implement({
  description: 'An object with a global ID, by which it can be read again (Relay’s `Node`).',
  resolveType: (node) => {
    if ('run' in node) return 'Run';
    if ('yaml' in node) return 'Workflow';
    if ('events' in node) return 'Webhook';
    if ('jobId' in node) return 'DeadLetter';
    if ('requestedAt' in node) return 'Approval';
    return 'digest' in node ? 'Artifact' : 'Step';
  },
  fields: (t) => ({
    id: t.id({
      description:
        'Global ID, permanent and opaque, with a prefix for its type: `run_…`, `step_…`, `art_…`, `apr_…`, `wf_…`, `dead_…`, `hook_…`.',
      resolve: () => {
        throw new Error('every Node resolves its id itself');
      },
    }),
  }),
});

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    nullable: true,
    description: 'The object with this ID. Null when it does not exist, or when you may not see it.',
    args: { id: t.arg.id({ required: true, description: 'An ID from this server.' }) },
    resolve: (_, { id }, ctx) => readNode(id, ctx),
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description: 'Several objects by their IDs, in the same order; null where `node` would be null.',
    args: { ids: t.arg.idList({ required: true, description: `IDs. Maximum ${MAX_PAGE_SIZE}.` }) },
    resolve: (_, { ids }, ctx) => {
      requireInRange('ids', ids.length, 0, MAX_PAGE_SIZE);
      return Promise.all(ids.map((id) => readNode(id, ctx)));
    },
  }),
}));

async function readNode(id: string, ctx: Context): Promise<NodeView | null> {
  const prefix = idPrefix(id);
  return (prefix && (await NODE_READERS[prefix]?.(id, ctx))) ?? null;
}
