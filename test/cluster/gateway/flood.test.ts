import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasNats } from '../../support/bus/nats-server.ts';
import { RUNS, startGatewaySetup } from '../../support/cap/gateway-setup.ts';
import { startSdkWorker } from '../../support/cap/sdk-worker.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';

const SHIPPED = resolve(import.meta.dirname, '../../../policy/policy.csv');
/** Analysts may submit one job in an hour. */
const RULES = `
p, analyst, mutation:submitJob, **, *, allow
p, analyst, job:flood, **, *, throttle, rate=1/h
`;
/** More than a consumer of NATS delivers before some are acknowledged, which are 2,048. */
const FLOOD = 3_000;

describe.skipIf(!hasNats)('a client that submits far more jobs than the policy lets it', () => {
  it('does not hold up the jobs of others, and is told which of its jobs are refused', async () => {
    await using folder = await createTempFolder();
    const rules = join(folder.path, 'policy.csv');
    await writeFile(rules, (await readFile(SHIPPED, 'utf8')) + RULES);
    await using setup = await startGatewaySetup();
    await using flooding = await setup.client('analyst');
    await using builder = await setup.client('builder');
    await using worker = await startSdkWorker({ url: setup.nats.url, id: 'w-flood', subject: 'job.urgent' });
    await using node = await setup.startNode({ env: { POLICY_FILE: rules } });
    await Promise.all(
      Array.from({ length: FLOOD }, (_, i) => flooding.submit({ topic: 'job.flood', job_id: `f-${i}` })),
    );

    const urgent = await builder.submit({ topic: 'job.urgent' });
    await until('the other client has its result', () => builder.resultsOf(urgent).length === 1);
    expect(builder.resultsOf(urgent)).toMatchObject([{ status: 'JOB_STATUS_SUCCEEDED' }]);
    expect(worker.jobs).toHaveLength(1);

    const refused = flooding.deadLetters.filter(({ job_id }) => job_id.startsWith('f-'));
    // Letters are published at least once.
    const refusedIds = new Set(refused.map(({ job_id }) => job_id));
    expect(refusedIds.size).toBeGreaterThan(FLOOD / 2);
    expect(refusedIds.size).toBeLessThan(FLOOD - 10);
    expect(refused[0]).toMatchObject({
      status: 'JOB_STATUS_FAILED',
      error_code: 'tenant_limit',
      error_code_enum: 'ERROR_CODE_JOB_RESOURCE_EXHAUSTED',
      error_message: expect.stringContaining('Too many jobs of this account wait'),
    });
    const runs = (await setup.ask(node, RUNS)).runs.nodes;
    expect(
      runs.filter(({ steps }: { steps: { input: { topic: string } }[] }) => steps[0]?.input.topic === 'job.flood'),
    ).toHaveLength(1);
  });
});
