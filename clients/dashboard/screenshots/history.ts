import { join } from 'node:path';
import { startServer } from '../../../test/support/server.ts';
import { until } from '../../../test/support/until.ts';
import { type Ask, askOf } from '../test/support/open-dashboard.ts';
import type { documentsOf } from './documents.ts';
import { COLLEAGUES, type Person, passwordOf } from './people.ts';

type Documents = ReturnType<typeof documentsOf>;

/** Hours before now, oldest first. */
const MOMENTS = [22, 16.5, 11, 7, 3.5, 0.8];
const TIME_SHIFT = `--import=${join(import.meta.dirname, '../../../test/support/reliability/time-shift.mjs')}`;

export const START = `mutation ($input: StartRunInput!) {
  startRun(input: $input) { __typename ... on Run { id state } ... on Refusal { message } } }`;
export const SAVE = `mutation ($yaml: String!) {
  saveWorkflow(input: { source: { yaml: $yaml } }) { __typename ... on Refusal { message violations { message } } } }`;
const CREATE = `mutation ($input: CreateAccountInput!) {
  createAccount(input: $input) { __typename ... on Refusal { message } } }`;
const MOVING = `{ runs(filter: { state: [PENDING, RUNNING, WAITING] }) { nodes { id } } }`;

/** A day of the shop, by servers whose clocks are behind: who saved which workflow, and what ran. */
export async function makeHistory(dataDir: string, env: Readonly<Record<string, string>>, documents: Documents) {
  for (const [index, hours] of MOMENTS.entries()) {
    await using server = await startServer({
      dataDir,
      env: { ...env, NODE_OPTIONS: TIME_SHIFT, DAYS_AGO: String(hours / 24) },
    });
    const ask = askOf(server, passwordOf);
    if (index === 0) await openShop(ask, documents);
    await runMoment(ask, index, documents);
    await until('all has ended', async () => (await ask('admin', MOVING)).runs.nodes.length === 0);
    await server.stop();
  }
}

async function openShop(ask: Ask<Person>, documents: Documents): Promise<void> {
  for (const [username, roles] of Object.entries(COLLEAGUES))
    await ask('admin', CREATE, { input: { username, roles, password: passwordOf(username as Person) } });
  await ask('marta', SAVE, { yaml: documents.catalog_draft });
  await ask('marta', SAVE, { yaml: documents.catalog });
  for (const name of ['prices', 'supplier'] as const) await ask('jonas', SAVE, { yaml: documents[name] });
  for (const name of ['orders', 'refund', 'cleanup', 'research'] as const)
    await ask('alice', SAVE, { yaml: documents[name] });
  await ask('admin', SAVE, { yaml: documents.push });
}

async function runMoment(ask: Ask<Person>, index: number, documents: Documents): Promise<void> {
  const start = (as: Person, name: string, inputs = {}, labels = {}) =>
    ask(as, START, { input: { source: { name }, inputs, labels, waitMs: 0 } });
  for (let hour = 0; hour <= index + 2; hour += 1) await start('alice', 'hourly_cleanup');
  await start('marta', 'catalog_nightly', { pages: 12 + index * 2 });
  if (index % 2 === 0)
    await start('jonas', 'price_import', { supplier: index === 0 ? 'Harris & Sons' : 'Assam Direct' });
  if (index % 3 === 1) await start('alice', 'refund_order', { order: 88_100 + index });
  await start(
    'alice',
    'order_export',
    { mode: 'works', day: `2026-11-${20 + index}` },
    { shift: index < 3 ? 'night' : 'day' },
  );
  const convert = `mutation { convertToJson(input: { source: { uri: "file:///data/public/countries.csv" } }) { __typename } }`;
  await ask('bob', convert);
  if (index === 2) {
    // What nobody saved is in the list too.
    const yaml = documents.cleanup.replace('hourly_cleanup', 'cleanup_trial').replace(/schedule:.*\n/, '');
    await ask('carla', START, { input: { source: { yaml } } });
  }
}
