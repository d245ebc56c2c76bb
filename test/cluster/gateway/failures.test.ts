import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasNats } from '../../support/bus/nats-server.ts';
import { type GatewaySetup, startGatewaySetup } from '../../support/cap/gateway-setup.ts';
import { type SdkClient, startSdkClient } from '../../support/cap/sdk-client.ts';
import type { Server } from '../../support/server.ts';
import { createMigratedDatabase } from '../../support/store/migrated-database.ts';
import { until } from '../../support/until.ts';

const RUNS = `query ($after: String) { runs(filter: { kind: [JOB] }, first: 100, after: $after) {
  pageInfo { hasNextPage endCursor } nodes { id state parent { id } steps { input } } } }`;
const CANCEL = `mutation ($id: ID!) { cancelRun(input: { runId: $id }) { ... on Run { state } ... on Refusal { code } } }`;

interface Run {
  readonly id: string;
  readonly state: string;
  readonly steps: readonly { readonly input: { readonly job_id: string } }[];
}

describe.skipIf(!hasNats)('jobs of clients, when something fails', () => {
  let setup: GatewaySetup;
  let client: SdkClient;
  beforeAll(async () => {
    setup = await startGatewaySetup();
    client = await startSdkClient({ url: setup.nats.url, id: 'old' });
  });
  afterAll(async () => {
    await client?.stop();
    await setup?.[Symbol.asyncDispose]();
  });
  const runs = async (node: Server): Promise<readonly Run[]> => {
    const all: Run[] = [];
    for (let after: string | undefined; ; ) {
      const { nodes, pageInfo } = (await setup.ask(node, RUNS, { after })).runs;
      all.push(...nodes);
      if (!pageInfo.hasNextPage) return all;
      after = pageInfo.endCursor;
    }
  };
  const idsOf = (all: readonly Run[]) => all.map(({ steps }) => steps[0]?.input.job_id).toSorted();
  const newIds = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${prefix}-${i}`).toSorted();
  const submitAll = (ids: readonly string[], topic: string) =>
    Promise.all(ids.map((id) => client.submit({ job_id: id, topic })));

  it('each has one run, although the node is killed while it takes them', async () => {
    const node = await setup.startNode();
    const { dataDir } = node;
    const ids = newIds('killed', 60);
    await submitAll(ids.slice(0, 30), 'job.killed');
    await until('some are taken', async () => (await runs(node)).length > 0);
    void submitAll(ids.slice(30), 'job.killed');
    node.process.kill('SIGKILL');
    await node.ended;
    const missed = await client.submit({ topic: 'job.killed', job_id: 'killed-later' });
    await using next = await setup.startNode({ dataDir });
    await until('all have a run', async () => (await runs(next)).length >= ids.length + 1);
    expect(idsOf(await runs(next))).toEqual([...ids, missed].toSorted());
    await next.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('each has one run on two nodes, and a run of one node is cancelled with its parent by the other', async () => {
    const database = await createMigratedDatabase();
    const env = { DATABASE_URL: database.url };
    await using one = await setup.startNode({ env });
    await using two = await setup.startNode({ env });
    const ids = newIds('shared', 40);
    await Promise.all([submitAll(ids, 'job.shared'), submitAll(ids, 'job.shared')]);
    await until('all have a run', async () => (await runs(one)).length >= ids.length);
    expect(idsOf(await runs(two))).toEqual(ids);
    const [parent] = await runs(one);
    const children = newIds('child', 10);
    for (const id of children) {
      await client.submit({ job_id: id, topic: 'job.shared', parent_job_id: parent?.steps[0]?.input.job_id });
    }
    await until('they have runs', async () => (await runs(one)).length === ids.length + children.length);
    await setup.ask(two, CANCEL, { id: parent?.id });
    const isCancelled = ({ state }: Run) => state === 'CANCELLED';
    await until('all are cancelled', async () => (await runs(one)).filter(isCancelled).length === 11);
    await until('the client knows', () => client.results.filter((one) => one.error_code === 'CANCELLED').length >= 11);
    expect(idsOf((await runs(two)).filter(isCancelled))).toEqual(
      [...children, parent?.steps[0]?.input.job_id].toSorted(),
    );
    await Promise.all([one.stop(), two.stop()]);
    await database.remove();
  });

  it('each has one run, although NATS is killed under load and its client sends all again', async () => {
    await using node = await setup.startNode();
    const ids = newIds('load', 200);
    const load = submitAll(ids, 'job.load').catch(() => {});
    await until('some are taken', async () => (await runs(node)).length > 0);
    await setup.nats.kill();
    await setup.nats.start();
    await load;
    await until('the client is back', () =>
      submitAll(ids, 'job.load').then(
        () => true,
        () => false,
      ),
    );
    await until('all have a run', async () => (await runs(node)).length >= ids.length);
    expect(idsOf(await runs(node))).toEqual(ids);
    expect(client.deadLetters.filter(({ job_id }) => job_id.startsWith('load'))).toEqual([]);
  });
});
