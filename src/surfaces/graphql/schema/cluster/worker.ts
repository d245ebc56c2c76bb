import type { Worker as Peer } from '../../../../cluster/workers/worker.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { pageOfWorkers } from './page-of-workers.ts';
import { authorizeWorkers, requireCluster } from './require-cluster.ts';
import { watchWorkers } from './watch-workers.ts';

const WorkerProgress = builder.objectRef<NonNullable<Peer['progress']>>('WorkerProgress').implement({
  description: 'How far a worker says it is.',
  fields: (t) => ({
    percent: t.exposeInt('percent', { description: '0 to 100.' }),
    memo: t.exposeString('memo', { description: 'Its note. Empty without one; at most 1,024 characters.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was received.' }),
  }),
});

export const Worker = builder.objectRef<Peer>('Worker');

Worker.implement({
  description: 'A worker on the message bus, as it describes itself in its newest heartbeat and handshake.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'ID by which it sends. Several processes may have the same.' }),
    pool: t.string({ description: 'Its pool. Empty without one.', resolve: ({ facts }) => facts.pool }),
    region: t.string({ description: 'Its region. Empty without one.', resolve: ({ facts }) => facts.region }),
    type: t.string({ description: 'Its type. Empty without one.', resolve: ({ facts }) => facts.type }),
    capabilities: t.stringList({
      description: 'What it can do, for jobs that require it.',
      resolve: ({ facts }) => [...facts.capabilities],
    }),
    labels: t.field({
      type: 'JSON',
      description: 'Its labels, as an object of strings.',
      resolve: ({ facts }) => facts.labels,
    }),
    topics: t.stringList({
      description: 'Topics whose jobs it takes. Empty when it does not say them.',
      resolve: ({ topics }) => [...topics],
    }),
    sdkVersion: t.string({
      nullable: true,
      description: 'Version of its SDK. Null as long as `topics` is empty.',
      resolve: ({ sdkVersion }) => sdkVersion || null,
    }),
    activeJobs: t.int({ description: 'Jobs that it does now.', resolve: ({ load }) => load.activeJobs }),
    maxParallelJobs: t.int({
      nullable: true,
      description: 'Jobs that it does at once. Null when it does not say.',
      resolve: ({ facts }) => facts.maxParallelJobs || null,
    }),
    cpuLoad: t.float({ description: 'Use of its CPU, 0 to 100.', resolve: ({ load }) => load.cpuLoad }),
    gpuLoad: t.float({ description: 'Use of its GPU, 0 to 100.', resolve: ({ load }) => load.gpuLoad }),
    memoryLoad: t.float({ description: 'Use of its memory, 0 to 100.', resolve: ({ load }) => load.memoryLoad }),
    progress: t.field({
      type: WorkerProgress,
      nullable: true,
      description: 'The newest progress that it has reported. Null without any.',
      resolve: ({ progress }) => progress ?? null,
    }),
    lastHeartbeatAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When its newest heartbeat was received. Null when it sends none.',
      resolve: ({ lastHeartbeatAt }) => lastHeartbeatAt ?? null,
    }),
    alive: t.exposeBoolean('isAlive', { description: 'False after it missed three heartbeats.' }),
    drained: t.exposeBoolean('isDrained', { description: 'It gets no new jobs, by `drainWorker`.' }),
    revoked: t.exposeBoolean('isRevoked', {
      description: 'Its key was revoked. Only the last update of a worker says so: then it is no longer known.',
    }),
  }),
});

const WorkerConnection = createConnectionType('Worker', Worker);

builder.queryFields((t) => ({
  workers: t.field({
    type: WorkerConnection,
    description:
      'Workers that this server has heard of since it started, in the order of their IDs. They belong to no tenant. Requires permission for `query:workers`.',
    extensions: { cost: 20 },
    args: {
      pool: t.arg.string({ description: 'Only workers of this pool.' }),
      alive: t.arg.boolean({ description: 'Only workers that are alive, or only those that are not.' }),
      first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
      after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
    },
    resolve: (_, { pool, alive, ...page }, ctx) => {
      authorizeWorkers(ctx);
      const workers = ctx.app.cluster?.workers.list() ?? [];
      const matching = workers.filter(
        ({ facts, isAlive }) => (pool == null || facts.pool === pool) && (alive == null || isAlive === alive),
      );
      return pageOfWorkers(matching, parsePageArgs(page));
    },
  }),
  worker: t.field({
    type: Worker,
    nullable: true,
    description:
      'The worker with this ID. Null when this server has not heard of it. Requires permission for `query:workers`.',
    args: { id: t.arg.id({ required: true, description: 'ID of the worker.' }) },
    resolve: (_, { id }, ctx) => {
      authorizeWorkers(ctx);
      return ctx.app.cluster?.workers.get(id) ?? null;
    },
  }),
}));

builder.subscriptionField('workerUpdated', (t) =>
  t.field({
    type: Worker,
    description:
      'Workers whenever something about them changes, each at most once a second; not a part of the journal. A slow reader skips intermediate states, but always receives the last. Requires permission for `query:workers`.',
    args: { pool: t.arg.string({ description: 'Only workers of this pool.' }) },
    subscribe: (_, { pool }, ctx) => {
      authorizeWorkers(ctx);
      return watchWorkers(ctx, requireCluster(ctx).workers, pool ?? undefined);
    },
    resolve: ({ worker }) => worker,
  }),
);
