import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodesBefore } from '../../src/cluster/workers/shares.ts';
import { LEASE_MS } from '../../src/core/leases.ts';
import { hasNats } from '../support/bus/nats-server.ts';
import { jobRuns } from '../support/cap/job-runs.ts';
import { decodeLegacy, encodeLegacy } from '../support/cap/legacy-codec.ts';
import { type SeveralNodes, startSeveralNodes } from '../support/cap/several-nodes.ts';
import { tokenFor } from '../support/server.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { until } from '../support/until.ts';

const TOPIC = 'job.shared';
const IDS = Array.from({ length: 16 }, (_, n) => `worker-${n}`);

await onPostgres(() => {
  describe.skipIf(!hasNats)('two nodes with the same workers', () => {
    let nodes: SeveralNodes;
    let token: string;
    beforeAll(async () => {
      nodes = await startSeveralNodes();
      token = await tokenFor('dev:admin', { roles: ['admin'] });
    });
    afterAll(() => nodes?.[Symbol.asyncDispose]());

    /** Each has renewed its lease twice since the last one came: what it read the first time it has taken in before the second. */
    const nodesThatKnowEachOther = async () => {
      const renewals = new Map<string, Set<number>>();
      return until('all nodes know each other', async () => {
        const { rows } = await nodes.database.query<{ id: string; renewedAt: Date; isLater: boolean }>(
          `SELECT id, expires_at AS "renewedAt",
            expires_at - ${LEASE_MS} * interval '1 millisecond' > (SELECT max(started_at) FROM nodes) AS "isLater" FROM nodes`,
        );
        for (const { id, renewedAt, isLater } of rows)
          if (isLater) renewals.set(id, (renewals.get(id) ?? new Set()).add(renewedAt.getTime()));
        return rows.every(({ id }) => (renewals.get(id)?.size ?? 0) >= 2) && rows.map(({ id }) => id);
      });
    };

    it('send no worker a second job while they have others without one, although they do not hear of each other', async () => {
      await using stack = new AsyncDisposableStack();
      const nats = stack.adopt(await connect({ servers: nodes.nats.url }), (connection) => connection.close());
      const jobs = new Map<string, string[]>(IDS.map((id) => [id, []]));
      const send = (id: string, subject: string, payload: object) => {
        const created_at = { seconds: Math.floor(Date.now() / 1_000) };
        nats.publish(
          subject,
          encodeLegacy({ trace_id: 't', sender_id: id, created_at, protocol_version: 1, ...payload }),
        );
      };
      // No heartbeat says that they have jobs, so that each node knows only of those that it has sent.
      const beat = () => {
        for (const id of IDS) send(id, 'sys.heartbeat', { heartbeat: { worker_id: id, max_parallel_jobs: 1 } });
      };
      for (const id of IDS) {
        nats.subscribe(`worker.${id}.jobs`, {
          callback: (_, { data }) => {
            jobs.get(id)?.push((decodeLegacy(data).job_request as { readonly job_id: string }).job_id);
          },
        });
        const handshake = { component_id: id, role: 3, ready_topics: [TOPIC], sdk_version: 'signalbox/test' };
        send(id, 'sys.handshake', { handshake });
      }
      beat();
      const beating = setInterval(beat, 5_000);
      stack.defer(() => clearInterval(beating));
      const clients = nodes.servers.map((server) => jobRuns(() => server, token));
      for (const server of nodes.servers) {
        await until('its node knows all workers', async () => {
          const { data } = await server.query(
            '{ workers(first: 100, alive: true) { nodes { lastHeartbeatAt } } }',
            {},
            token,
          );
          const known = data.workers.nodes.filter((worker: { lastHeartbeatAt: unknown }) => worker.lastHeartbeatAt);
          return known.length === IDS.length;
        });
      }

      const alive = await nodesThatKnowEachOther();
      expect(alive).toHaveLength(2);
      const shares = alive.map((own) => IDS.filter((id) => nodesBefore(alive, own, id) === 0).length);
      // As many as both have workers in their shares.
      const each = Math.min(...shares);
      const submitted = clients.flatMap((client) =>
        Array.from({ length: each }, () => client.submit({ topic: TOPIC })),
      );
      const ids = (await Promise.all(submitted)).map(({ id }) => id);
      const sent = () => [...jobs.values()].flat();
      await until('all jobs are with workers', () => sent().length === ids.length);
      expect([...jobs.values()].filter((ofWorker) => ofWorker.length > 1)).toEqual([]);
      for (const [id, ofWorker] of jobs)
        for (const jobId of ofWorker)
          send(id, 'sys.job.result', { job_result: { job_id: jobId, worker_id: id, status: 'JOB_STATUS_SUCCEEDED' } });
      for (const id of ids) expect(await clients[0]?.ended(id)).toMatchObject({ state: 'SUCCEEDED' });
    });
  });
});
