import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { closedPort } from '../../sdk/test/test-clients.ts';
import {
  accessibilityProblems,
  type Dashboard,
  openDashboard,
  signInAgain,
  skipped,
} from './support/open-dashboard.ts';

const STARTED =
  'mutation ($input: StartRunInput!) { startRun(input: $input) { ... on Run { id } ... on Refusal { message } } }';
const OPEN = '{ approvals(state: OPEN) { nodes { id run { id } } } }';
const DECIDED = 'mutation ($id: ID!) { decideApproval(input: { approvalId: $id, approve: true }) { __typename } }';
const AFTER = Array.from({ length: 20 }, (_, n) => `s${n}`);
const STATE = 'query ($id: ID!) { run(id: $id) { state } }';
const WAITS = `
name: agreement
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }
${AFTER.map((id) => `  - { id: ${id}, kind: transform, depends_on: [agree], input: { data: 1, expression: $ } }`).join('\n')}`;
const STORE = `mutation ($name: String!, $text: String!) {
  uploadArtifact(input: { name: $name, source: { text: { text: $text, mediaType: "text/plain" } } }) { ... on Artifact { id } } }`;
const FAILS = `
name: nightly
steps:
  - { id: rows, kind: command, command: convertToJson, input: { source: { uri: 'file:///data/none.csv' } } }`;

describe.skipIf(skipped)(`the dashboard when something ends ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  let proxy: Awaited<ReturnType<typeof startCuttingProxy>>;
  beforeAll(async () => {
    dashboard = await openDashboard();
    proxy = await startCuttingProxy(Number(new URL(dashboard.server.url).port));
  });
  afterAll(async () => {
    await proxy?.stop();
    await dashboard?.close();
  });

  const start = async (yaml: string, as: 'admin' | 'alice' | 'bob', waitMs = 0): Promise<string> =>
    (await dashboard.ask(as, STARTED, { input: { source: { yaml }, waitMs } })).startRun.id;
  const approve = async (runId: string) => {
    const approvalOf = async () => {
      const { approvals } = await dashboard.ask('admin', OPEN);
      return approvals.nodes.find((one: { run: { id: string } }) => one.run.id === runId)?.id;
    };
    await expect.poll(approvalOf).toBeDefined();
    await dashboard.ask('admin', DECIDED, { id: await approvalOf() });
  };
  const took = (page: Page) =>
    page.locator('dt', { hasText: /^for$/ }).locator('xpath=following-sibling::dd').innerText();
  const endSession = (page: Page) => {
    const { origin } = new URL(page.url());
    return page.context().request.delete(`${origin}/session`, { headers: { origin } });
  };
  /** Waits until the clock of a page has ticked twice. */
  const clockTicks = async (page: Page) => {
    for (let tick = 0; tick < 2; tick += 1) {
      const last = await took(page);
      await expect.poll(() => took(page)).not.toBe(last);
    }
  };

  it('shows on a run page what happened while the connection was lost, each step once, and its clocks stood still', async () => {
    const id = await start(WAITS, 'admin');
    const page = await dashboard.open(`/runs/${id}?view=list`, { as: 'admin', through: proxy.url });
    const reference = await dashboard.open(`/runs/${id}`, { as: 'admin' });
    await page.getByText('waits for').waitFor();
    proxy.redirect(await closedPort());
    proxy.cut();
    await page.getByRole('alert').getByText('Not connected. Everything is as of').waitFor();
    // The last tick is to the moment at which the connection was lost.
    await clockTicks(reference);
    const stopped = await took(page);
    await clockTicks(reference);
    expect(await took(page)).toBe(stopped);
    expect(await accessibilityProblems(page)).toEqual([]);
    await approve(id);
    await reference.locator('header').getByText('Succeeded', { exact: true }).first().waitFor();
    await page.locator('header').getByText('Waiting', { exact: true }).first().waitFor();
    proxy.redirect(Number(new URL(dashboard.server.url).port));
    await page.locator('header').getByText('Succeeded', { exact: true }).first().waitFor({ timeout: 60_000 });
    await page.getByRole('alert').waitFor({ state: 'detached' });
    const keys = await page.getByRole('list', { name: 'Steps' }).locator('b').allInnerTexts();
    expect(keys).toEqual(['agree', ...AFTER]);
    expect(await page.getByRole('list', { name: 'Steps' }).getByText('Succeeded').count()).toBe(AFTER.length + 1);
  }, 90_000);

  it('stops its clocks while the session has ended, says as of when everything is, and continues after a sign-in', async () => {
    const id = await start(WAITS, 'alice');
    const page = await dashboard.open(`/runs/${id}?view=list`, { as: 'alice', ownSession: true });
    const reference = await dashboard.open(`/runs/${id}?view=list`, { as: 'alice' });
    for (const one of [page, reference]) await one.getByText('waits for').waitFor();
    await endSession(page);
    await page.getByText(/Your session has ended\. Everything is as of \d\d:\d\d:\d\d\./).waitFor();
    await clockTicks(reference);
    const stopped = await took(page);
    await clockTicks(reference);
    expect(await took(page)).toBe(stopped);
    expect(await page.getByText('Not connected').count()).toBe(0);
    await signInAgain(page, 'alice');
    await page.getByText('Everything is as of').waitFor({ state: 'detached' });
    await expect.poll(() => took(page)).not.toBe(stopped);
  }, 60_000);

  it('says that a server without a bus has no remote workers, and asks it once', async () => {
    const page = await dashboard.open('/files', { as: 'admin' });
    const asked: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (String(payload).includes('workerUpdated')) asked.push(String(payload));
      }),
    );
    await page.goto(`${dashboard.server.url}/workers`);
    await page.getByText('This server has no remote workers').waitFor();
    await page.getByText('Set NATS_URL').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(asked).toHaveLength(1);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('asks to sign in over the page when the session has ended, and continues where it was', async () => {
    const failed = await start(FAILS, 'alice', 10_000);
    const page = await dashboard.open('/runs?workflow=nightly', { as: 'alice', ownSession: true });
    await page.locator(`[data-row="${failed}"]`).getByRole('checkbox').check();
    await page.getByLabel('Filter runs').fill('half a wor');
    await endSession(page);
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.getByText('Your session has ended.').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await dialog.waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await signInAgain(page, 'alice');
    await page.getByText('1 selected').waitFor();
    expect(await page.getByLabel('Filter runs').inputValue()).toBe('half a wor');
    expect(new URL(page.url()).search).toBe('?workflow=nightly');
    const next = await start(FAILS, 'alice', 10_000);
    // Whether it is in the list or counted depends on whether the list was read before it started.
    await page
      .locator(`[data-row="${next}"]`)
      .or(page.getByRole('button', { name: '1 new' }))
      .waitFor();
  });

  it('stays signed in when what an earlier session had subscribed to ends late', async () => {
    const page = await dashboard.open('/settings', { as: 'alice', ownSession: true });
    const late = Promise.withResolvers<void>();
    const held: Promise<void>[] = [];
    await page.routeWebSocket('**/graphql', (socket) => {
      const server = socket.connectToServer();
      server.onClose((code, reason) => {
        held.push(late.promise.then(() => socket.close({ code: code ?? 1000, reason: reason ?? '' })));
      });
    });
    await page.goto(`${dashboard.server.url}/runs?workflow=late`);
    await page.getByText('No runs match').waitFor();
    await endSession(page);
    await expect.poll(() => held.length).toBeGreaterThan(0);
    // Not by the pointer: this view may notice first, and its dialog covers the link.
    await page.getByRole('link', { name: 'Schedules' }).dispatchEvent('click');
    await signInAgain(page, 'alice');
    late.resolve();
    await Promise.all(held);
    await page.getByText('Everything is as of').waitFor({ state: 'detached' });
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  const FILE = { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('# All is well') };
  const REQUESTS: Readonly<Record<string, (page: Page, end: () => Promise<void>) => Promise<() => Promise<unknown>>>> =
    {
      async 'an upload'(page, end) {
        await page.goto(`${dashboard.server.url}/files`);
        await page.getByRole('button', { name: 'Upload' }).waitFor();
        await end();
        await page.getByLabel('File to upload').setInputFiles(FILE);
        return () => page.getByRole('heading', { name: 'All is well' }).waitFor();
      },
      async 'an upload in a form'(page, end) {
        await page.goto(`${dashboard.server.url}/play/command/convertToJson`);
        await page.getByRole('radio', { name: 'File' }).first().check();
        await end();
        await page.getByLabel('File', { exact: true }).last().setInputFiles(FILE);
        return () => page.getByText('Stored as artifact:').waitFor();
      },
      async 'an action on selected runs'(page, end) {
        const ids = [await start(WAITS, 'alice'), await start(WAITS, 'alice')];
        await page.goto(`${dashboard.server.url}/runs?workflow=agreement&state=WAITING`);
        for (const id of ids) await page.locator(`[data-row="${id}"]`).getByRole('checkbox').check();
        await page.getByRole('button', { name: 'Cancel 2' }).click();
        await end();
        await page.getByRole('button', { name: 'Cancel 2 runs' }).click();
        return () => page.getByText('2 of 2 cancelled').waitFor();
      },
      async 'an action on one run'(page, end) {
        const id = await start(WAITS, 'alice');
        await page.goto(`${dashboard.server.url}/runs/${id}`);
        await page.getByRole('button', { name: 'Cancel' }).click();
        await end();
        await page.getByRole('button', { name: 'Cancel the run' }).click();
        return () => page.locator('header').getByText('Cancelled', { exact: true }).first().waitFor();
      },
      async 'a file that is opened'(page, end) {
        await dashboard.ask('alice', STORE, { name: 'opened.txt', text: 'what it says' });
        await page.goto(`${dashboard.server.url}/files`);
        await page.getByRole('button', { name: 'opened.txt' }).waitFor();
        await end();
        await page.getByRole('button', { name: 'opened.txt' }).click();
        return () => page.getByText('what it says').waitFor();
      },
      async 'a download'(page, end) {
        await dashboard.ask('alice', STORE, { name: 'loaded.txt', text: 'what is loaded' });
        await page.goto(`${dashboard.server.url}/files`);
        await page.getByRole('button', { name: 'loaded.txt' }).click();
        await page.getByText('what is loaded').waitFor();
        await end();
        const download = page.waitForEvent('download');
        await page.getByRole('link', { name: 'Download' }).click();
        return async () => expect((await download).suggestedFilename()).toBe('loaded.txt');
      },
      async 'the next view'(page, end) {
        await page.goto(`${dashboard.server.url}/files`);
        await page.getByRole('button', { name: 'Upload' }).waitFor();
        await end();
        // Not by the pointer: this view may notice first, and its dialog covers the link.
        await page.getByRole('link', { name: 'Schedules' }).dispatchEvent('click');
        return () => page.getByText('No schedules yet').waitFor();
      },
      async 'the question of who is signed in'(page, end) {
        await page.clock.install();
        await page.goto(`${dashboard.server.url}/files`);
        await page.getByLabel('Name of the file').fill('half a na');
        await end();
        // It is asked again when somebody looks at the page after a while.
        await page.clock.fastForward(60_000);
        await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
        return async () => expect(await page.getByLabel('Name of the file').inputValue()).toBe('half a na');
      },
    };
  it.each(Object.keys(REQUESTS))(
    '%s notices that the session has ended, and continues after a sign-in',
    async (kind) => {
      const page = await dashboard.open('/runs', { as: 'alice' });
      const continues = await REQUESTS[kind]?.(page, () => page.context().clearCookies());
      await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
      await signInAgain(page, 'alice');
      await continues?.();
    },
  );

  it('does nothing of what one user has begun after the sign-in of another', async () => {
    const id = await start(WAITS, 'alice');
    const page = await dashboard.open(`/runs/${id}`, { as: 'alice' });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.context().clearCookies();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await signInAgain(page, 'admin');
    await page.getByRole('button', { name: 'admin' }).waitFor();
    await page.locator('header').getByText('Waiting', { exact: true }).first().waitFor();
    expect((await dashboard.ask('alice', STATE, { id })).run.state).toBe('WAITING');
  });

  it('keeps its state over back, forward and reload', async () => {
    const failed = await start(FAILS, 'alice', 10_000);
    const page = await dashboard.open('/runs?workflow=nightly&state=FAILED', { as: 'alice' });
    await page.locator(`[data-row="${failed}"]`).getByRole('link').click();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.getByRole('tab', { name: 'Attempts' }).click();
    const selected = (name: string) => page.getByRole('tab', { name, selected: true });
    const url = page.url();
    await page.reload();
    await selected('Timeline').waitFor();
    await selected('Attempts').waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Remove workflow nightly' }).waitFor();
    await page.getByRole('button', { name: 'Remove state failed' }).waitFor();
    await page.goForward();
    await selected('Timeline').waitFor();
    await selected('Attempts').waitFor();
    expect(page.url()).toBe(url);
  });

  it('disables what the policy denies, and names the rule or that no rule permits it', async () => {
    const page = await dashboard.open('/runs?state=FAILED', { as: 'bob' });
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByLabel('Save this filter as').fill('Ours');
    await page.getByLabel('For everybody here').check();
    const save = page.getByRole('button', { name: /^Save\b/ }).last();
    await expect.poll(() => save.getAttribute('aria-disabled')).toBe('true');
    expect(await save.getAttribute('title')).toBe(
      'Denied, because no rule matched: none lets user do mutation:shareView.',
    );
    await save.click({ force: true });
    expect((await dashboard.ask('bob', '{ savedViews { id } }')).savedViews).toEqual([]);
  });
});
