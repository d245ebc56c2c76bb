import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const STARTED =
  'mutation ($input: StartRunInput!) { startRun(input: $input) { ... on Run { id } ... on Refusal { message } } }';
const WAITS = `
name: agreement
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }`;
const FAILS = `
name: nightly
goal_template: Load the prices
steps:
  - { id: rows, kind: command, command: convertToJson, input: { source: { uri: 'file:///data/none.csv' } } }`;
const WORKS = `
name: quick
steps:
  - { id: one, kind: transform, input: { data: 1, expression: $ } }`;

describe.skipIf(skipped)(`the list of runs ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  const start = async (yaml: string, labels = {}, as: 'admin' | 'alice' = 'alice'): Promise<string> => {
    const waitMs = yaml === WAITS ? 0 : 10_000;
    return (await dashboard.ask(as, STARTED, { input: { source: { yaml }, labels, waitMs } })).startRun.id;
  };
  const row = (page: Page, id: string) => page.locator(`[data-row="${id}"]`);
  const ids = (page: Page) =>
    page.locator('[data-row]').evaluateAll((rows) => rows.map((one) => one.getAttribute('data-row')));
  const filter = async (page: Page, text: string) => {
    await page.keyboard.press('/');
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  };

  it('offers examples on a server where nothing has run, and an example is a form that can be run', async () => {
    const page = await dashboard.open('/', { as: 'alice' });
    await page.getByRole('link', { name: 'Build a service' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('list').getByRole('link', { name: 'CSV to JSON' }).first().click();
    await page.getByRole('heading', { name: 'Playground' }).waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
  });

  it('follows its rows where they are, and shows new runs when somebody wants them', async () => {
    const id = await start(WAITS, {}, 'admin');
    const page = await dashboard.open('/runs', { as: 'admin' });
    const line = row(page, id);
    await line.getByText('waits for an approval').waitFor();
    await line.hover();
    const before = await line.boundingBox();
    const newer = await start(WORKS, {}, 'admin');
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await ids(page)).not.toContain(newer);
    expect(await line.boundingBox()).toEqual(before);
    await dashboard.ask('admin', 'mutation ($id: ID!) { cancelRun(input: { runId: $id }) { __typename } }', { id });
    await line.getByText('Cancelled', { exact: true }).waitFor();
    expect(await line.boundingBox()).toEqual(before);
    await page.keyboard.press('n');
    await row(page, newer).waitFor();
    expect((await ids(page)).slice(0, 2)).toEqual([newer, id]);
    await page.getByRole('button', { name: /new$/ }).waitFor({ state: 'detached' });
  });

  it('says why a run failed, and filters by typed words, chips and the URL', async () => {
    const failed = await start(FAILS, { team: 'sales' });
    const works = await start(WORKS, { team: 'ops' });
    const page = await dashboard.open('/runs', { as: 'alice' });
    await row(page, failed).getByText('rows: This file does not exist').waitFor();
    await filter(page, 'label:team=sales failed');
    await row(page, works).waitFor({ state: 'detached' });
    expect([...new URL(page.url()).searchParams]).toEqual([
      ['state', 'FAILED'],
      ['label', 'team=sales'],
    ]);
    await page.getByRole('button', { name: 'Remove state failed' }).click();
    await page.getByRole('button', { name: 'Remove label team=sales' }).click();
    await row(page, works).waitFor();
    await page.goBack();
    await page.goBack();
    await page.getByRole('button', { name: 'Remove state failed' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Remove label team=sales' }).waitFor();
    await expect.poll(() => ids(page)).toEqual([failed]);
    await filter(page, 'kind:nonsense');
    await page.getByText('kind: requires one of command').waitFor();
  });

  it('completes names and values', async () => {
    await start(WORKS, { team: 'ops' });
    const page = await dashboard.open('/runs', { as: 'alice' });
    await page.getByRole('link', { name: 'quick' }).first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('work');
    await page.getByRole('option', { name: 'workflow:' }).click();
    await page.keyboard.type('qui');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove workflow quick' }).waitFor();
  });

  it('says which condition to remove when nothing matches', async () => {
    await start(FAILS);
    const page = await dashboard.open('/runs?workflow=nightly&by=nobody', { as: 'alice' });
    await page.getByText('No runs match').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'still none' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Without by nobody' }).click();
    await page.getByRole('link', { name: 'nightly' }).first().waitFor();
  });

  it('keeps a filter as a view, by its name', async () => {
    const page = await dashboard.open('/runs?state=FAILED&q=prices', { as: 'alice' });
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByLabel('Save this filter as').fill('Broken prices');
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved as Broken prices').waitFor();
    await page.goto(`${dashboard.server.url}/runs`);
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('link', { name: 'Broken prices' }).click();
    expect(new URL(page.url()).search).toBe('?state=FAILED&q=prices');
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('button', { name: 'Delete Broken prices' }).click();
    await page.getByText('No view has been saved.').waitFor();
  });

  it('cancels and retries what is selected by keys, and lists what could not be done', async () => {
    const [first, second] = [await start(WAITS, {}, 'admin'), await start(WAITS, {}, 'admin')];
    const page = await dashboard.open('/runs?workflow=agreement&state=WAITING', { as: 'admin' });
    await row(page, second).waitFor();
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Cancel 2' }).click();
    await dashboard.ask('admin', 'mutation ($id: ID!) { cancelRun(input: { runId: $id }) { __typename } }', {
      id: first,
    });
    await page.getByRole('button', { name: 'Cancel 2 runs' }).click();
    await page.getByText('1 of 2 cancelled, 1 failed').waitFor();
    await page.getByRole('dialog').getByRole('link', { name: first }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('2 selected').waitFor({ state: 'detached' });
    const failed = await start(FAILS, {}, 'admin');
    await page.goto(`${dashboard.server.url}/runs?state=FAILED`);
    await row(page, failed).getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Retry 1 failed' }).click();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Retry 1 run' }).click();
    await page.getByText('1 of 1 retried').waitFor();
  });

  it('verifies the record of a run only when somebody asks, and says the result', async () => {
    const id = await start(WORKS);
    const page = await dashboard.open('/runs', { as: 'alice' });
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.postData()?.includes('verifyRun')) asked.push(request.url());
    });
    await page.goto(`${dashboard.server.url}/runs/${id}`);
    const record = page.locator('dt', { hasText: 'record' }).locator('xpath=following-sibling::dd');
    const verify = record.getByRole('button', { name: 'Verify' });
    await verify.waitFor();
    await page.getByText('by', { exact: true }).first().waitFor();
    expect(asked).toEqual([]);
    await verify.click();
    await record.getByText('verified', { exact: true }).waitFor();
    expect(asked).toHaveLength(1);
    // The keyboard stays where it was.
    expect(
      await record
        .getByRole('button', { name: 'Verify again' })
        .evaluate((button) => button === document.activeElement),
    ).toBe(true);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('counts runs by state over time, in words too, and a drag chooses the time', async () => {
    await start(FAILS);
    const page = await dashboard.open('/runs', { as: 'alice' });
    const chart = page.getByRole('img', { name: /^\d+ runs? from .* failed/ });
    const box = await chart.boundingBox();
    if (!box) throw new Error('The chart has no size.');
    await page.mouse.move(box.x + box.width - 40, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 1, box.y + 20);
    await page.mouse.up();
    await expect.poll(() => new URL(page.url()).searchParams.get('from')).toMatch(/^\d{4}-\d\d-\d\dT/);
    await page.getByRole('button', { name: /^Remove time / }).waitFor();
    await page.getByRole('link', { name: 'nightly' }).first().waitFor();
  });

  it('leads to the neighbors of a run in the list, and to its page as GraphQL', async () => {
    const [older, newer] = [await start(WORKS), await start(WORKS)];
    const page = await dashboard.open('/runs', { as: 'alice' });
    await row(page, newer).getByRole('link').click();
    await page.getByText(/^1 of \d+$/).waitFor();
    const query = await page.getByRole('link', { name: 'This page as GraphQL' }).getAttribute('href');
    const parameters = new URLSearchParams(query?.split('?')[1]);
    const answer = await dashboard.ask(
      'alice',
      String(parameters.get('query')),
      JSON.parse(String(parameters.get('variables'))),
    );
    expect(answer.run.id).toBe(newer);
    await page.keyboard.press(']');
    await expect.poll(() => page.url()).toContain(older);
    await page.getByText(/^2 of \d+$/).waitFor();
    await page.keyboard.press('[');
    await expect.poll(() => page.url()).toContain(newer);
  });

  it.each(['light', 'dark'] as const)('can be used by everyone in its %s theme, also on a telephone', async (theme) => {
    await start(FAILS, { team: 'sales' });
    for (const width of [1440, 390]) {
      const page = await dashboard.open('/runs?label=team=sales', { as: 'alice', theme, width });
      const [line] = [page.locator('[data-row]').first()];
      await line.getByRole('checkbox').check();
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
  });
});
