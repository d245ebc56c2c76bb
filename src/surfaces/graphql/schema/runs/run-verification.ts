import { Fault } from '../../../../core/errors.ts';
import type { ChainVerification } from '../../../../core/store-reader.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { Run } from '../nodes/refs.ts';

type StoredCheckpoint = NonNullable<ChainVerification['checkpoint']>;

export const Checkpoint = builder.objectRef<StoredCheckpoint>('Checkpoint').implement({
  description:
    'A tree of hashes (RFC 6962) over every run that has ended, signed by the server. What it covers cannot be changed later without notice, not even by whoever has the database.',
  fields: (t) => ({
    size: t.exposeInt('size', { description: 'How many ends of runs it covers.' }),
    rootHash: t.expose('rootHash', { type: 'Sha256', description: 'Root of the tree.' }),
    signature: t.expose('signature', { type: 'Base64', description: 'Ed25519 signature of the checkpoint’s text.' }),
    keyId: t.exposeString('keyId', { description: 'The key that it was signed with.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was signed.' }),
  }),
});

export const RunVerification = builder.objectRef<ChainVerification>('RunVerification').implement({
  description:
    'What became of a run’s hash chain when it was computed anew. Each event’s hash covers the one before, so a changed, added or removed event shows.',
  fields: (t) => ({
    valid: t.exposeBoolean('valid', { description: 'True when every event is as it was recorded.' }),
    events: t.exposeInt('events', { description: 'How many events were looked at.' }),
    headHash: t.expose('headHash', {
      type: 'Sha256',
      nullable: true,
      description: 'Hash of the newest event. Keep it elsewhere to prove later that nothing before it changed.',
    }),
    firstInvalidSeq: t.exposeInt('firstInvalidSeq', {
      nullable: true,
      description: 'The `seq` of the first event that does not fit.',
    }),
    checkpoint: t.expose('checkpoint', {
      type: Checkpoint,
      nullable: true,
      description:
        'The oldest signed checkpoint that covers the end of the run; it fits. Null until there is one, a second after the end.',
    }),
    problems: t.exposeStringList('problems', { description: 'What does not fit, in sentences.' }),
  }),
});

builder.queryField('verifyRun', (t) =>
  t.field({
    type: RunVerification,
    description: 'Compute the hash chain of a run’s events anew and compare.',
    extensions: { cost: 100 },
    args: { id: t.arg.id({ required: true, description: 'The run.' }) },
    resolve: async (_, { id }, ctx) => {
      const found = await ctx.app.verifyRun(callerScope(ctx), id);
      if (!found) throw new Fault('NOT_FOUND', `There is no run ${id} that you may see.`, { path: ['id'] });
      return found;
    },
  }),
);

/** Of the events of one export. */
const MAX_EXPORT_BYTES = 8 * 2 ** 20;

builder.objectField(Run, 'export', (t) =>
  t.field({
    type: 'JSON',
    description: `The run with everything that is needed to verify it without this server: all of its events, their hashes, and its place in the signed tree once a checkpoint covers its end. \`signalbox verify\` reads it. The events may have at most ${MAX_EXPORT_BYTES} bytes.`,
    extensions: { cost: 100 },
    resolve: async ({ run }, _args, ctx) => {
      const exported = await ctx.app.exportRun(callerScope(ctx), run.id, MAX_EXPORT_BYTES);
      if (exported) return exported;
      throw new Fault('NOT_FOUND', `There is no run ${run.id} that you may see.`);
    },
  }),
);
