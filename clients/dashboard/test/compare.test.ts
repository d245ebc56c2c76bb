import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const STARTED =
  'mutation ($input: StartRunInput!) { startRun(input: $input) { ... on Run { id } ... on Refusal { message } } }';
const REPEATED =
  'mutation ($input: RerunFromInput!) { rerunFrom(input: $input) { ... on Run { id } ... on Refusal { message } } }';
const PRICES = `
name: prices
inputs: { factor: { type: integer } }
steps:
  - { id: base, kind: transform, input: { data: 2, expression: $ } }
  - { id: priced, kind: transform, input: { data: { factor: '{{ factor }}' }, expression: '$.factor' } }
  - { id: checked, kind: command, depends_on: [priced], command: convertToJson, input: { source: { uri: '{{ "file:///data/products.csv" if factor == 2 else "file:///data/none.csv" }}' } } }`;

describe.skipIf(skipped)(`the comparison of two runs ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  let works: string;
  let fails: string;
  beforeAll(async () => {
    dashboard = await openDashboard();
    const start = async (factor: number) =>
      (
        await dashboard.ask('alice', STARTED, {
          input: { source: { yaml: PRICES }, inputs: { factor }, waitMs: 10_000 },
        })
      ).startRun.id;
    works = await start(2);
    fails = await start(3);
  });
  afterAll(() => dashboard?.close());

  it('opens from two selected rows, and shows what differs: inputs, states, errors and outputs', async () => {
    const page = await dashboard.open('/runs', { as: 'alice' });
    await page.locator(`[data-row="${works}"]`).getByRole('checkbox').check();
    await page.locator(`[data-row="${fails}"]`).getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'Steps: 2 of 3 differ' }).waitFor();
    expect(page.url()).toContain(`/compare/${works}/${fails}`);
    const inputs = page.getByRole('region', { name: 'Inputs of the runs' });
    expect(await inputs.getByRole('row').last().innerText()).toMatch(/factor\s+2\s+3/);
    const row = (key: string) =>
      page.getByRole('row').filter({ has: page.getByRole('button', { name: key, exact: true }) });
    expect(await row('base').innerText()).toContain('the same');
    expect(await row('priced').innerText()).toContain('differs: 1 B → 1 B');
    expect(await row('checked').innerText()).toMatch(/Succeeded\s+Failed[\s\S]*NOT_FOUND[\s\S]*only in A/);
  });

  it('reads the inputs of a step when somebody opens it, and has it in the URL', async () => {
    const page = await dashboard.open(`/compare/${works}/${fails}`, { as: 'alice' });
    await page.getByRole('button', { name: 'priced', exact: true }).click();
    await page.getByRole('region', { name: 'Input of priced' }).getByText('data.factor').waitFor();
    await page.getByLabel('Only those that differ').check();
    await page.getByRole('button', { name: 'base', exact: true }).waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('region', { name: 'Input of priced' }).getByText('data.factor').waitFor();
    expect(await page.getByRole('button', { name: 'base', exact: true }).count()).toBe(0);
  });

  it('opens from a run that repeats another', async () => {
    const input = { runId: fails, step: 'priced', inputs: { factor: 2 } };
    const { rerunFrom } = await dashboard.ask('alice', REPEATED, { input });
    const page = await dashboard.open(`/runs/${rerunFrom.id}`, { as: 'alice' });
    await page.getByRole('link', { name: 'compare with it' }).click();
    await page.getByRole('region', { name: 'Run A' }).getByText(fails).waitFor();
    await page.getByRole('region', { name: 'Run B' }).getByText(rerunFrom.id).waitFor();
  });

  it('says that a run does not exist', async () => {
    const page = await dashboard.open(`/compare/${works}/run_none`, { as: 'alice' });
    await page.getByText('There is no run run_none').waitFor();
  });

  it.each(['light', 'dark'] as const)('can be used by everyone in its %s theme', async (theme) => {
    const page = await dashboard.open(`/compare/${works}/${fails}?step=priced`, { as: 'alice', theme });
    await page.getByRole('region', { name: 'Input of priced' }).getByText('data.factor').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});
