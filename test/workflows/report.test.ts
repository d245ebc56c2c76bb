import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { type ReportWorld, runReport, startReportWorld } from '../support/workflow/report-world.ts';

const ORDERS = 50_000;
/** Of the memory of the server, at its peak. */
const MAX_GROWTH_BYTES = 320 * 2 ** 20;

describe('examples/workflows/report.yaml', () => {
  let world: ReportWorld;
  let server: Server;
  let users: TestUsers;
  let yaml: string;
  beforeAll(async () => {
    yaml = await readFile('examples/workflows/report.yaml', 'utf8');
    world = await startReportWorld(ORDERS, 1250);
    server = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: world.web.host } });
    users = await createTestUsers(server);
  });
  afterAll(async () => {
    await server?.stop();
    await world?.web.close();
  });

  const textOf = async (uri: string) => {
    const response = await server.fetch(`/artifacts/${uri.split('/').at(-1)}`, { token: users.tokens.admin });
    expect(response.status).toBe(200);
    return response.text();
  };

  it('fits on a screen, and is started every night once it is saved', async () => {
    expect(yaml.trimEnd().split('\n').length).toBeLessThanOrEqual(45);
    expect(Math.max(...yaml.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130);
    const saved = await users.mutate('saveWorkflow', { source: { yaml } }, '... on Workflow { name version }', 'admin');
    expect(saved).toEqual({ name: 'report', version: 1 });
  });

  it('reports 50,000 orders of three messy files by way of a service that fails at times', async () => {
    const before = await server.memory();
    const begun = performance.now();
    const run = await runReport(server, users.tokens.admin, { name: 'report' }, world);
    const seconds = (performance.now() - begun) / 1_000;
    expect([run.state, run.error]).toEqual(['SUCCEEDED', null]);
    const growth = (await server.memory('peak')) - before;
    process.stdout.write(`report of ${ORDERS} orders: ${seconds.toFixed(1)} s, +${Math.round(growth / 2 ** 20)} MiB\n`);
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
    expect([world.answers.get(500), world.answers.get(429)]).toEqual([11, 4]);

    const [{ csv, page }] = world.received as unknown as [{ csv: string; page: string }];
    const [header, ...lines] = (await textOf(csv)).trim().split(/\r?\n/);
    expect(header).toBe('country;category;orders;amount;tax');
    const expected = [...world.totals].map(
      ([key, { orders, amount, tax }]) => `${key};${orders};${amount / 100};${tax / 100}`,
    );
    expect(lines.sort()).toEqual(expected.sort());
    const html = await textOf(page);
    for (const [key, { amount }] of world.totals) {
      for (const cell of [...key.split(';'), String(amount / 100)]) expect(html).toContain(`>${cell}</td>`);
    }
  });

  it('stops before anything is sent when a file does not fit its schema', async () => {
    const { web } = world;
    const source = { yaml: yaml.replace('customers.json', 'products.json') };
    const run = await runReport(server, users.tokens.admin, source, world);
    expect(run.error).toMatchObject({ code: 'SCHEMA_VIOLATION', step: 'customers' });
    expect(web.hits.filter((hit) => hit.endsWith('/hook'))).toHaveLength(1);
  });
});
