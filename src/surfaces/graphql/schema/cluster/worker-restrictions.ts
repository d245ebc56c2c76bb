import type { Worker as Peer } from '../../../../cluster/workers/worker.ts';
import type { WorkerRestriction as Restriction } from '../../../../core/runtime.ts';
import { builder } from '../builder/builder.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { authorizeWorkerChange, authorizeWorkers, requireCluster } from './require-cluster.ts';
import { Worker } from './worker.ts';

const WorkerRestrictionKind = builder.enumType('WorkerRestrictionKind', {
  description: 'What a worker may not do.',
  values: {
    DRAINED: { description: 'It gets no new jobs, until `drainWorker` takes it back.' },
    REVOKED: { description: 'Its key is refused, until its entry in `CAP_PEERS` has another one.' },
  } satisfies Record<Restriction['kind'], object>,
});

const WorkerRestriction = builder.objectRef<Restriction>('WorkerRestriction').implement({
  description: 'A decision about a worker, in force on all nodes.',
  fields: (t) => ({
    kind: t.expose('kind', { type: WorkerRestrictionKind, description: 'What was decided.' }),
    workerId: t.exposeID('workerId', { description: 'ID of the worker.' }),
    key: t.field({
      type: 'Sha256',
      nullable: true,
      description:
        'SHA-256 of the revoked key, as SPKI in DER. Null for a worker that does not sign, and with DRAINED.',
      resolve: ({ key }) => key || null,
    }),
    decidedBy: t.exposeString('by', { description: 'User name of who decided.' }),
    decidedAt: t.expose('at', { type: 'DateTime', description: 'When it was decided.' }),
  }),
});

builder.queryField('workerRestrictions', (t) =>
  t.field({
    type: [WorkerRestriction],
    description: 'Drained workers and revoked keys, oldest decision first. Requires permission for `query:workers`.',
    extensions: { cost: 5 },
    resolve: (_, _args, ctx) => {
      authorizeWorkers(ctx);
      return [...(ctx.app.cluster?.restrictions() ?? [])];
    },
  }),
);

const DrainedWorker = builder
  .objectRef<{ readonly id: string; readonly isDrained: boolean; readonly worker: Peer | undefined }>('DrainedWorker')
  .implement({
    description: 'Whether a worker gets new jobs.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'ID of the worker.' }),
      drained: t.exposeBoolean('isDrained', { description: 'It gets no new jobs.' }),
      worker: t.field({
        type: Worker,
        nullable: true,
        description: 'The worker. Null when this server has not heard of it.',
        resolve: ({ worker }) => worker ?? null,
      }),
    }),
  });

const DrainWorkerResult = builder.unionType('DrainWorkerResult', {
  description: 'Whether the worker gets new jobs, or why the request was refused.',
  types: [DrainedWorker, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'DrainedWorker'),
});

const DrainWorkerInput = builder.inputType('DrainWorkerInput', {
  description: 'A worker to drain.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'ID of the worker. This server need not have heard of it.' }),
    drained: t.boolean({ defaultValue: true, description: 'False: it gets jobs again. Default: true.' }),
  }),
});

const RevokeWorkerKeyResult = builder.unionType('RevokeWorkerKeyResult', {
  description: 'What was revoked, or why the request was refused.',
  types: [WorkerRestriction, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'WorkerRestriction'),
});

const RevokeWorkerKeyInput = builder.inputType('RevokeWorkerKeyInput', {
  description: 'A worker, or another sender of packets, whose key is revoked.',
  fields: (t) => ({
    id: t.id({
      required: true,
      description: 'ID by which it sends. It must be in `CAP_PEERS`, unless it need not sign.',
    }),
  }),
});

builder.mutationFields((t) => ({
  drainWorker: t.field({
    type: DrainWorkerResult,
    description:
      'Let a worker finish what it does, and give it no new jobs; or give it jobs again. On all nodes within a second. As long as it is alive, jobs of its topics go only to workers that have a subject, because anybody who listens to a topic may get its jobs. Requires permission for `worker:drain` on `worker:ID`.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: DrainWorkerInput, required: true, description: 'The worker.' }) },
    resolve: (_, { input: { id, drained } }, ctx) =>
      orRefusal(async () => {
        const who = authorizeWorkerChange(ctx, 'worker:drain', id);
        const { workers, drain } = requireCluster(ctx);
        await drain(id, drained ?? true, who.username);
        return { id, isDrained: drained ?? true, worker: workers.get(id) };
      }),
  }),
  revokeWorkerKey: t.field({
    type: RevokeWorkerKeyResult,
    description:
      'Refuse all packets of a sender, and all that are signed with its key, on all nodes within a second, until `CAP_PEERS` has another key for it. Its jobs are sent again. It cannot be taken back. Requires permission for `worker:revoke` on `worker:ID`.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: RevokeWorkerKeyInput, required: true, description: 'The sender.' }) },
    resolve: (_, { input: { id } }, ctx) =>
      orRefusal(async () => {
        const who = authorizeWorkerChange(ctx, 'worker:revoke', id);
        return requireCluster(ctx).peers.revoke(id, who.username);
      }),
  }),
}));
