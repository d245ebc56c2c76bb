import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const SAVE = 'mutation ($yaml: String!) { saveWorkflow(input: { source: { yaml: $yaml } }) { __typename } }';
const OPEN = '{ approvals(state: OPEN) { nodes { id run { id } } } }';
const DECIDED = 'mutation ($id: ID!) { decideApproval(input: { approvalId: $id, approve: true }) { __typename } }';
const AGREE = '{ id: agree, kind: approval, input: { reason: "Really?" } }';
const GOOD = `name: publish\nsteps:\n  - ${AGREE}`;
const BAD = `name: nightly
schedule: { cron: "0 2 * * *" }
steps:
  - ${AGREE}
  - { id: rows, kind: transform, depends_on: [agree], input: { data: 1, expression: "$error('Row 7 has no price.')" } }`;

describe.skipIf(skipped)(`the end of a run that was started here ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard();
    for (const yaml of [GOOD, BAD]) await dashboard.ask('alice', SAVE, { yaml });
  });
  afterAll(() => dashboard?.close());

  const toasts = (page: Page) => page.locator('[role="status"][aria-live="polite"]');
  const started = (page: Page): Promise<string[]> =>
    page.evaluate(`JSON.parse(localStorage.getItem('signalbox.started') ?? '[]').map(({ id }) => id)`);
  const approve = async (runId: string) => {
    const approvalOf = async () => {
      const { approvals } = await dashboard.ask('admin', OPEN);
      return approvals.nodes.find((one: { run: { id: string } }) => one.run.id === runId)?.id;
    };
    await expect.poll(approvalOf).toBeDefined();
    await dashboard.ask('admin', DECIDED, { id: await approvalOf() });
  };
  /** Starts a run by its form, and returns its ID. */
  const startByForm = async (page: Page) => {
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForURL('**/runs/run_*');
    return new URL(page.url()).pathname.split('/').at(-1) ?? '';
  };

  it('is said on another page, after a reload too, with its state and a link', async () => {
    const page = await dashboard.open('/workflows/publish/run', { as: 'alice' });
    const id = await startByForm(page);
    await page.getByRole('link', { name: 'Files' }).click();
    await page.reload();
    await page.getByRole('heading', { name: 'Files', exact: true }).waitFor();
    expect(await started(page)).toEqual([id]);
    await approve(id);
    await toasts(page)
      .getByText(/publish succeeded after/)
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await toasts(page).getByRole('link', { name: 'publish' }).click();
    expect(new URL(page.url()).pathname).toBe(`/runs/${id}`);
    expect(await started(page)).toEqual([]);
  }, 60_000);

  it('is said when the page is opened again, if it ended while it was closed', async () => {
    const page = await dashboard.open('/workflows/publish/run', { as: 'alice' });
    const id = await startByForm(page);
    await page.goto('about:blank');
    await approve(id);
    await page.goto(`${dashboard.server.url}/files`);
    await toasts(page)
      .getByText(/publish succeeded after/)
      .waitFor();
  }, 60_000);

  it('is not said on the page of the run, which shows it', async () => {
    const page = await dashboard.open('/workflows/publish/run', { as: 'alice' });
    const id = await startByForm(page);
    await approve(id);
    await expect.poll(() => started(page)).toEqual([]);
    await page.locator('header').getByText('Succeeded', { exact: true }).first().waitFor();
    expect(await toasts(page).innerText()).not.toContain('succeeded');
  }, 60_000);

  it('stays until it is closed when the run failed, and says why', async () => {
    const page = await dashboard.open('/schedules', { as: 'alice', theme: 'dark' });
    await page.getByRole('button', { name: 'Run now nightly' }).click();
    await toasts(page).getByText('Started nightly').waitFor();
    await toasts(page).getByText('Started nightly').waitFor({ state: 'detached' });
    const [id] = await started(page);
    await approve(id ?? '');
    await toasts(page)
      .getByText(/nightly failed after .*Row 7 has no price/)
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  }, 60_000);

  it('follows all of them by one subscription, and says each once in two tabs', async () => {
    const page = await dashboard.open('/workflows/publish/run', { as: 'alice' });
    const first = await startByForm(page);
    await page.goto(`${dashboard.server.url}/workflows/publish/run`);
    const second = await startByForm(page);
    const other = await page.context().newPage();
    const followed: string[][] = [];
    other.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const { query, variables } = JSON.parse(String(payload)).payload ?? {};
        if (query?.includes('StartedRuns')) followed.push(variables.ids);
      }),
    );
    await other.goto(`${dashboard.server.url}/files`);
    await expect.poll(() => followed).toEqual([[first, second]]);
    await page.goto(`${dashboard.server.url}/files`);
    await approve(first);
    await approve(second);
    await expect.poll(() => started(page)).toEqual([]);
    const said = async () =>
      (await toasts(page).getByText('succeeded').count()) + (await toasts(other).getByText('succeeded').count());
    await expect.poll(said).toBe(2);
  }, 60_000);
});
