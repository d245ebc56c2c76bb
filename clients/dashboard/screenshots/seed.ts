import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Server } from '../../../test/support/server.ts';
import { until } from '../../../test/support/until.ts';
import { type Ask, askOf } from '../test/support/open-dashboard.ts';
import type { documentsOf } from './documents.ts';
import { SAVE, START } from './history.ts';
import { type Person, passwordOf } from './people.ts';

/** What the pictures are of, by what it is. */
export type Seeded = Readonly<
  Record<
    | 'catalog'
    | 'failed'
    | 'rerun'
    | 'refund'
    | 'build'
    | 'waiting'
    | 'lasts'
    | 'talk'
    | 'asks'
    | 'approval'
    | 'question'
    | 'file'
    | 'convert',
    string
  >
>;

const BUILD_SERVICE = join(import.meta.dirname, '../../../examples/workflows/build_service.yaml');

const RUN = `query ($id: ID!) { run(id: $id) { workflow state steps { key state error { message } } } }`;
const OPEN = `{ approvals(state: OPEN) { nodes { id run { id } } } }`;
const UPLOAD = `mutation ($name: String!, $text: String!, $mediaType: MediaType!) {
  uploadArtifact(input: { name: $name, source: { text: { text: $text, mediaType: $mediaType } } }) {
    __typename ... on Artifact { id } ... on Refusal { message } } }`;
const RERUN = `mutation ($runId: ID!) { rerunFrom(input: { runId: $runId, step: "ledger" }) {
  __typename ... on Run { id } ... on Refusal { message } } }`;
const DECIDE = `mutation ($id: ID!) { decideApproval(input: { approvalId: $id, approve: true, comment: "Checked with finance." }) {
  __typename ... on Refusal { message } } }`;
const CONVERT = `mutation { convertToJson(input: { source: { uri: "file:///data/products.csv" } }) {
  __typename ... on CommandOutcome { run { id } } ... on Refusal { message } } }`;
const VIEW = `mutation ($input: SaveViewInput!) { saveView(input: $input) { __typename ... on Refusal { message } } }`;
const TOKEN = `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { __typename ... on Refusal { message } } }`;
const WEBHOOK = `mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { __typename ... on Refusal { message } } }`;
const PAUSE = `mutation { pauseSchedule(input: { name: "price_import" }) { __typename ... on Refusal { message } } }`;

/** The present of the shop: one run in each state, and what else the views show. */
export async function seed(server: Server, documents: ReturnType<typeof documentsOf>, web: string): Promise<Seeded> {
  const ask = askOf(server, passwordOf);
  const ended = async (id: string) => {
    let run = { state: '' };
    const hasEnded = async () => {
      ({ run } = await ask('admin', RUN, { id }));
      return !/PENDING|RUNNING|WAITING/.test(run.state);
    };
    await until('the run has ended', hasEnded).catch((cause: unknown) => {
      throw new Error(JSON.stringify(run), { cause });
    });
    return id;
  };
  const start = async (as: Person, source: object, inputs = {}, labels = {}): Promise<string> =>
    (await ask(as, START, { input: { source, inputs, labels } })).startRun.id;
  const waits = async (id: string): Promise<string> => {
    const approval = async () =>
      (await ask('admin', OPEN)).approvals.nodes.find((one: { run: { id: string } }) => one.run.id === id);
    return (await until(`${id} waits for an approval`, approval)).id;
  };

  for (const input of [
    { url: `${web}/signalbox`, events: ['RUN_ENDED'], workflow: 'order_export' },
    { url: `${web}/gone`, events: ['APPROVAL_REQUESTED', 'APPROVAL_DECIDED'] },
  ])
    await ask('admin', WEBHOOK, { input });
  const buildService = await readFile(BUILD_SERVICE, 'utf8');
  const build = await ended(await start('admin', { yaml: buildService }, { resource: 'Listing' }));
  const catalog = await ended(await start('marta', { name: 'catalog_nightly' }));
  const talk = await ended(await start('admin', { name: 'supplier_research' }));
  const asks = await start('jonas', { name: 'supplier_research' });
  const approval = await waits(asks);
  const refund = await ended(await start('alice', { name: 'refund_order' }));
  const failed = await ended(await start('alice', { name: 'order_export' }));
  const again = (await ask('alice', RERUN, { runId: failed })).rerunFrom.id;
  const rerun = await ended(again);
  const lasts = await start('alice', { name: 'order_export' }, { mode: 'lasts', day: '2026-11-30' });
  const signed = await start('jonas', { name: 'supplier_onboarding' }, { company: 'Assam Direct', limit: 5_000 });
  await ask('admin', DECIDE, { id: await waits(signed) });
  await start('carla', { yaml: documents.supplier }, { company: 'Harbor Coffee', limit: 8_000 });
  const waiting = await start('jonas', { name: 'supplier_onboarding' });
  const question = await waits(waiting);
  await ended(await start('bob', { yaml: documents.sheet }));
  const convert = (await ask('alice', CONVERT)).convertToJson.run.id;
  const file = await storeFiles(ask);
  for (const input of [
    { name: 'Broken exports', state: '/runs?state=FAILED&workflow=order_export', shared: true },
    { name: 'Waits for us', state: '/runs?state=WAITING', shared: false },
  ])
    await ask('admin', VIEW, { input });
  for (const name of ['nightly backup', 'ci of the shop'])
    await ask('admin', TOKEN, { input: { name, roles: ['admin'] } });
  await ask('jonas', PAUSE);
  await ask('marta', SAVE, {
    yaml: documents.catalog.replace('max_parallel: 4', 'max_parallel: 8').replace('default: 24', 'default: 30'),
  });
  return {
    ...{ catalog, failed, rerun, refund, build, waiting, lasts, talk, asks, approval, question, file, convert },
  };
}

async function storeFiles(ask: Ask<Person>): Promise<string> {
  const prices = Array.from(
    { length: 40 },
    (_, n) => `${1_001 + n},Tea no. ${n + 1},tea,${(4.5 + n * 0.35).toFixed(2)},${n % 7 === 0 ? 0 : n * 3}`,
  );
  const files = [
    {
      name: 'suppliers.json',
      text: '{"suppliers":[{"name":"Assam Direct","country":"IN"},{"name":"Harbor Coffee","country":"DE"}]}',
      mediaType: 'application/json',
    },
    {
      name: 'returns.md',
      text: '# Returns\n\nA customer may return goods for **30 days**.\n',
      mediaType: 'text/markdown',
    },
    { name: 'newsletter.html', text: '<h1>New teas</h1><p>From Assam, and from Poland.</p>', mediaType: 'text/html' },
    { name: 'prices-2026-11.csv', text: `id,name,category,price,stock\n${prices.join('\n')}\n`, mediaType: 'text/csv' },
  ];
  let last = '';
  for (const file of files) last = (await ask('marta', UPLOAD, file)).uploadArtifact.id;
  return last;
}
