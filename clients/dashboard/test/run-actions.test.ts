import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenFor } from '../../../test/support/server.ts';
import { startWebServer, type WebServer } from '../../../test/support/web-server.ts';
import { type Dashboard, openDashboard, signInAgain, skipped } from './support/open-dashboard.ts';
import { text, type } from './support/open-editor.ts';

const STARTED =
  'mutation ($input: StartRunInput!) { startRun(input: $input) { __typename ... on Run { id } ... on Refusal { message } } }';
const RUN =
  'query ($id: ID!) { run(id: $id) { state rerunOf { id } steps { key state attempt approval { comment decidedBy { username } } } } }';
const ASKS = `
name: agreement
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }
  - { id: told, kind: transform, depends_on: [agree], input: { data: 1, expression: $ } }`;

describe.skipIf(skipped)(`by clicks alone ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  let web: WebServer;
  let isBroken = true;
  beforeAll(async () => {
    web = await startWebServer((_req, res) => {
      res.writeHead(isBroken ? 404 : 200, { 'content-type': 'text/csv' }).end('id\n1\n');
    });
    dashboard = await openDashboard({ env: { ALLOWED_PRIVATE_HOSTS: new URL(web.url).host } });
  });
  afterAll(async () => {
    await dashboard?.close();
    await web?.close();
  });

  const start = async (yaml: string, waitMs: number): Promise<string> =>
    (await dashboard.ask('alice', STARTED, { input: { source: { yaml }, waitMs } })).startRun.id;
  const runOf = async (id: string) => (await dashboard.ask('alice', RUN, { id })).run;

  it.each([
    ['Approve', 'Approved. The run continues.', 'SUCCEEDED'],
    ['Reject', 'Rejected.', 'DENIED'],
  ])('somebody decides on a step with a comment: %s', async (name, said, state) => {
    const id = await start(ASKS, 0);
    const page = await dashboard.open('/approvals', { as: 'admin' });
    await page.getByRole('main').getByRole('link', { name: 'Really?' }).click();
    await page.getByRole('main').getByRole('button', { name, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Comment').fill('Seen by me');
    await dialog.getByRole('button', { name, exact: true }).click();
    await page.getByText(said, { exact: true }).waitFor();
    await page.getByText('Nothing waits for you').waitFor();
    await expect.poll(async () => (await runOf(id)).state).toBe(state);
    expect((await runOf(id)).steps[0].approval).toEqual({ comment: 'Seen by me', decidedBy: { username: 'admin' } });
  });

  it('somebody retries a step that failed, then does a run again from one of its steps', async () => {
    const id = await start(
      `
name: nightly
steps:
  - { id: rows, kind: command, command: convertToJson, input: { source: { uri: '${web.url}/rows.csv' } } }
  - { id: told, kind: transform, depends_on: [rows], input: { data: 1, expression: $ } }`,
      20_000,
    );
    const page = await dashboard.open(`/runs/${id}?step=rows`, { as: 'alice' });
    const ended = (state: string) => page.locator('header').getByText(state, { exact: true }).first().waitFor();
    await ended('Failed');
    isBroken = false;
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await expect.poll(async () => (await runOf(id)).state).toBe('SUCCEEDED');
    expect((await runOf(id)).steps).toMatchObject([{ state: 'SUCCEEDED', attempt: 2 }, { state: 'SUCCEEDED' }]);
    await page.goto(`${dashboard.server.url}/runs/${id}?step=told`);
    await page.getByRole('button', { name: 'Rerun from here…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('does 1 of 2 steps again').waitFor();
    await dialog.getByRole('button', { name: 'Rerun', exact: true }).click();
    await page.waitForURL((url) => url.pathname.startsWith('/runs/') && !url.pathname.endsWith(id));
    await ended('Succeeded');
    expect((await runOf(new URL(page.url()).pathname.slice('/runs/'.length))).rerunOf.id).toBe(id);
  });

  it('somebody whose session ends by time signs in, and nothing is lost', async () => {
    const page = await dashboard.open('/workflows/~new?show=text', { as: 'alice' });
    await type(page, '# Half a thought');
    const value = await tokenFor('alice', { roles: ['analyst'], expiresIn: '1s' });
    await page.context().addCookies([{ name: 'signalbox', value, url: dashboard.server.url }]);
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    const hasEnded = async () => {
      // Somebody continues to type, and the text is checked.
      if (!(await dialog.isVisible())) await page.keyboard.insertText('.');
      return dialog.isVisible();
    };
    await expect.poll(hasEnded, { timeout: 30_000, interval: 500 }).toBe(true);
    const url = page.url();
    await signInAgain(page, 'alice');
    expect(page.url()).toBe(url);
    expect(await text(page).innerText()).toContain('# Half a thought');
    await page.getByRole('button', { name: 'alice' }).waitFor();
  });
});
