import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const SAVE = 'mutation ($yaml: String!) { saveWorkflow(input: { source: { yaml: $yaml } }) { __typename } }';
const STEPS = 'steps: [{ id: a, kind: transform, input: { expression: "1 + 1" } }]';
const LIST = '{ schedules { nodes { workflow { name } paused lastRun { id } } } }';
const RUNS = '{ runs(filter: { workflow: "nightly" }) { nodes { id } } }';

describe.skipIf(skipped)(`schedules ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  it('says how to make a first one', async () => {
    const page = await dashboard.open('/schedules', { as: 'alice' });
    await page.getByText('No schedules yet').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('shows when each starts next, in which zone, and what happens to times that overlap or are missed', async () => {
    const schedule = '{ cron: "0 2 * * *", time_zone: Europe/Warsaw, overlap: queue, catch_up: all }';
    await dashboard.ask('alice', SAVE, { yaml: `name: nightly\nschedule: ${schedule}\n${STEPS}` });
    await dashboard.ask('alice', SAVE, { yaml: `name: report\nschedule: { cron: "0 6 * * 1" }\n${STEPS}` });
    const page = await dashboard.open('/schedules', { as: 'alice' });
    const row = page.getByRole('row', { name: 'nightly' });
    await row.waitFor();
    const cells = await row.getByRole('cell').allInnerTexts();
    expect(cells[1]).toMatch(/^in \d+h$/);
    expect(cells.slice(2, 7)).toEqual([
      'None yet',
      expect.stringMatching(/0 2 \* \* \*\s+Europe\/Warsaw/),
      'waits for the one before',
      'a run for each',
      'alice',
    ]);
    await page.keyboard.press('/');
    await page.keyboard.type('NIGHT');
    await page.getByRole('row', { name: 'report' }).waitFor({ state: 'detached' });
    expect(page.url()).toContain('q=NIGHT');
    await row.waitFor();
  });

  it('pauses one until it is resumed, and shows what the server says', async () => {
    const page = await dashboard.open('/schedules', { as: 'alice' });
    const row = page.getByRole('row', { name: 'nightly' });
    const isPaused = async () => {
      const { schedules } = await dashboard.ask('alice', LIST);
      return schedules.nodes.find((one: { workflow: { name: string } }) => one.workflow.name === 'nightly').paused;
    };
    await row.getByRole('button', { name: 'Pause' }).click();
    await row.getByText('Paused').waitFor();
    expect(await isPaused()).toBe(true);
    expect(await accessibilityProblems(page)).toEqual([]);
    await row.getByRole('button', { name: 'Resume' }).click();
    await row.getByText('Paused').waitFor({ state: 'detached' });
    expect(await isPaused()).toBe(false);
  });

  it('starts one now, once, and leads to its run', async () => {
    const page = await dashboard.open('/schedules', { as: 'alice', theme: 'dark' });
    await page.getByRole('button', { name: 'Run now nightly' }).dblclick();
    await page.getByRole('link', { name: 'Started nightly' }).first().click();
    await until('the page is that of the run', () => /\/runs\/run_/.test(page.url()));
    const { runs } = await dashboard.ask('alice', RUNS);
    expect(runs.nodes).toEqual([{ id: page.url().split('/').at(-1) }]);
    await page.goBack();
    await page.getByRole('row', { name: 'report' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('offers nobody what the policy denies, and names the rule that does', async () => {
    const page = await dashboard.open('/schedules', { as: 'bob' });
    const pause = page.getByRole('button', { name: 'Pause nightly' });
    await until('the policy has answered', async () => (await pause.getAttribute('aria-disabled')) === 'true');
    expect(await pause.getAttribute('title')).toMatch(/mutation:pauseSchedule/);
    expect(await page.getByRole('button', { name: 'Run now nightly' }).getAttribute('aria-disabled')).toBe(null);
  });
});
