import { type ConsistencyExport, MAX_CONSISTENCY_LEAVES } from '../../../../audit/consistency-export.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';

const TreeConsistency = builder.objectRef<ConsistencyExport>('TreeConsistency').implement({
  description:
    'Proof that one signed checkpoint covers all that an older one does, unchanged. `signalbox verify consistency` reads it as JSON.',
  fields: (t) => ({
    olderSize: t.exposeInt('olderSize', { description: 'Number of run ends that the older checkpoint covers.' }),
    newerSize: t.exposeInt('newerSize', { description: 'Number of run ends that the newer checkpoint covers.' }),
    older: t.exposeString('older', {
      nullable: true,
      description: 'Signed note of the older checkpoint. Null when another key than the current one signed it.',
    }),
    newer: t.exposeString('newer', { description: 'Signed note of the newer checkpoint.' }),
    proof: t.expose('proof', {
      type: ['Sha256'],
      description: 'The consistency proof (RFC 6962, section 2.1.2).',
      extensions: { listSize: 60 },
    }),
    publicKey: t.exposeString('publicKey', {
      description: 'The key that signed, as `NAME+ID+BASE64`. Trust it only if you know it from elsewhere.',
    }),
  }),
});

builder.queryField('treeConsistency', (t) =>
  t.field({
    type: TreeConsistency,
    description: `Prove that a newer checkpoint continues an older one. At most ${MAX_CONSISTENCY_LEAVES} run ends may be between them; RESOURCE_TOO_LARGE otherwise. NOT_FOUND without checkpoints of these sizes. Requires permission for \`query:treeConsistency\`.`,
    extensions: { cost: 100 },
    args: {
      olderSize: t.arg.int({ required: true, description: 'Size of the older checkpoint, as in its note.' }),
      newerSize: t.arg.int({
        description: 'Size of the newer checkpoint. Default: the largest that one proof leads to.',
      }),
    },
    resolve: (_, { olderSize, newerSize }, ctx) => {
      ctx.app.gate.pass(requireUser(ctx), { action: 'query:treeConsistency' });
      return ctx.app.treeConsistency(olderSize, newerSize ?? undefined);
    },
  }),
);
