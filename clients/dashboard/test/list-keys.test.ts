import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const SAVE = 'mutation ($yaml: String!) { saveWorkflow(input: { source: { yaml: $yaml } }) { __typename } }';
const START = `mutation ($name: String!) {
  startRun(input: { source: { name: $name }, waitMs: 0 }) { ... on Run { id } } }`;
const UPLOAD = `mutation ($name: String!) {
  uploadArtifact(input: { name: $name, source: { text: { text: "a" } } }) { __typename } }`;
const OPEN = '{ approvals(state: OPEN) { nodes { id } } }';

describe.skipIf(skipped)(`the keys of a list ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard();
    for (const name of ['first', 'second']) {
      const steps = 'steps: [{ id: agree, kind: approval, input: { reason: Really? } }]';
      await dashboard.ask('admin', SAVE, { yaml: `name: ${name}\nschedule: { cron: "0 2 * * *" }\n${steps}` });
      await dashboard.ask('admin', START, { name });
      await dashboard.ask('admin', UPLOAD, { name: `${name}.txt` });
    }
    const openOnes = async () => (await dashboard.ask('admin', OPEN)).approvals.nodes.length;
    await until('both runs wait', async () => (await openOnes()) === 2);
  });
  afterAll(() => dashboard?.close());

  const rows = (page: Page) => page.locator('main [data-row]');
  /** `data-row` of the row that has the focus. */
  const focused = (page: Page) =>
    page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-row]')?.dataset.row);
  const identities = (page: Page) => rows(page).evaluateAll((all) => all.map((row) => row.getAttribute('data-row')));

  it.each([
    { list: '/workflows', opens: /\/workflows\/(first|second)$/ },
    { list: '/schedules', opens: /\/workflows\/(first|second)$/ },
    { list: '/approvals', opens: /\/approvals\/[^/]+$/ },
    { list: '/files', opens: /\?file=/ },
  ])('move through $list, open a row, and lead to its neighbors', async ({ list, opens }) => {
    const page = await dashboard.open(list, { as: 'admin' });
    await rows(page).nth(1).waitFor();
    const [first, second] = await identities(page);
    await page.keyboard.press('j');
    expect(await focused(page)).toBe(first);
    await page.keyboard.press('j');
    expect(await focused(page)).toBe(second);
    await page.keyboard.press('k');
    expect(await focused(page)).toBe(first);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toMatch(opens);
    const opened = page.url();
    await page.getByText('1 of 2').waitFor();
    await page.keyboard.press(']');
    await page.getByText('2 of 2').waitFor();
    expect(page.url()).toMatch(opens);
    expect(page.url()).not.toBe(opened);
    await page.keyboard.press('[');
    await page.getByText('1 of 2').waitFor();
    expect(page.url()).toBe(opened);
  });

  it('move through the rules of the policy, and make a link to one', async () => {
    const page = await dashboard.open('/policy', { as: 'admin' });
    await rows(page).nth(1).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    const rule = await focused(page);
    await page.keyboard.press('Enter');
    await expect.poll(() => rows(page).count()).toBe(1);
    expect(page.url()).toContain(`q=${rule}`);
  });

  it('do nothing while somebody types, and are listed by the key ?', async () => {
    const page = await dashboard.open('/workflows', { as: 'admin' });
    await rows(page).nth(1).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('jk');
    expect(await page.getByLabel('Search workflows').inputValue()).toBe('jk');
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Next and previous row').waitFor();
  });
});
