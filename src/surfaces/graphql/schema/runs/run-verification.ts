import { Fault } from '../../../../core/errors.ts';
import type { ChainVerification } from '../../../../core/store-reader.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { Run } from '../nodes/refs.ts';

type StoredCheckpoint = NonNullable<ChainVerification['checkpoint']>;

const Checkpoint = builder.objectRef<StoredCheckpoint>('Checkpoint').implement({
  description:
    'The signed root of a Merkle tree (RFC 6962) over all runs that have ended. Later changes to the runs that it covers are detectable, even when made in the database.',
  fields: (t) => ({
    size: t.exposeInt('size', { description: 'Number of run ends that it covers.' }),
    rootHash: t.expose('rootHash', { type: 'Sha256', description: 'Root of the tree.' }),
    signature: t.expose('signature', { type: 'Base64', description: 'Ed25519 signature of the checkpoint’s text.' }),
    keyId: t.exposeString('keyId', { description: 'ID of the signing key.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was signed.' }),
  }),
});

const RunVerification = builder.objectRef<ChainVerification>('RunVerification').implement({
  description:
    'The result of recomputing the hash chain of a run. The hash of each event covers the previous one, so a changed, added or removed event is detected.',
  fields: (t) => ({
    valid: t.exposeBoolean('valid', { description: 'True when every event is as recorded.' }),
    events: t.exposeInt('events', { description: 'Number of events that were checked.' }),
    headHash: t.expose('headHash', {
      type: 'Sha256',
      nullable: true,
      description: 'Hash of the newest event. Store it elsewhere to prove later that nothing before it has changed.',
    }),
    firstInvalidSeq: t.exposeInt('firstInvalidSeq', {
      nullable: true,
      description: 'The `seq` of the first invalid event. Null when all are valid.',
    }),
    checkpoint: t.expose('checkpoint', {
      type: Checkpoint,
      nullable: true,
      description:
        'The oldest signed checkpoint that covers the end of the run, verified. Null until it exists, one second after the end.',
    }),
    problems: t.exposeStringList('problems', { description: 'Problems, as sentences. Empty when the run is valid.' }),
  }),
});

builder.queryField('verifyRun', (t) =>
  t.field({
    type: RunVerification,
    description: 'Recompute the hash chain of a run and compare it with the recorded one.',
    extensions: { cost: 100 },
    args: { id: t.arg.id({ required: true, description: 'ID of the run.' }) },
    resolve: async (_, { id }, ctx) => {
      const found = await ctx.app.verifyRun(callerScope(ctx), id);
      if (!found) throw new Fault('NOT_FOUND', `There is no run ${id} that you may see.`, { path: ['id'] });
      return found;
    },
  }),
);

/** Of all events in one export. */
const MAX_EXPORT_BYTES = 8 * 2 ** 20;

builder.objectField(Run, 'export', (t) =>
  t.field({
    type: 'JSON',
    description: `The run with everything that is required to verify it without this server: all events, their hashes, and its position in the signed tree once a checkpoint covers its end. \`signalbox verify\` reads it. Maximum ${MAX_EXPORT_BYTES} bytes of events.`,
    extensions: { cost: 100 },
    resolve: async ({ run }, _args, ctx) => {
      const exported = await ctx.app.exportRun(callerScope(ctx), run.id, MAX_EXPORT_BYTES);
      if (exported) return exported;
      throw new Fault('NOT_FOUND', `There is no run ${run.id} that you may see.`);
    },
  }),
);
