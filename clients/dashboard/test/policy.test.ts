import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const CONVERT = `mutation { convertToJson(input: { source: { text: { text: "a,b", mediaType: "text/csv" } } }) {
  ... on CommandOutcome { run { id state } } } }`;

describe.skipIf(skipped)(`the policy ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  it.each(['light', 'dark'] as const)('finds rules by words of any column, %s', async (theme) => {
    const page = await dashboard.open('/policy', { as: 'alice', theme });
    await page.getByRole('cell', { name: 'tool:repo.git.push' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByLabel('Search rules').fill('analyst push');
    await until('one rule is left', async () => (await page.getByRole('row').count()) === 2);
    await page.getByRole('row', { name: 'tool:repo.git.push' }).getByText('Needs an approval').waitFor();
  });

  it('explains a decision by a link: its rule, and rules that almost match', async () => {
    const link = '/policy/explain?role=user&action=command:convertToCsv&uri=https://example.com/a.csv';
    const page = await dashboard.open(link, { as: 'alice' });
    const decision = page.getByRole('region', { name: 'Decision' });
    await decision.getByRole('heading', { name: 'Denied' }).waitFor();
    await page.getByRole('heading', { name: 'Rules that almost match' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByLabel('Role').selectOption('analyst');
    await decision.getByRole('heading', { name: 'Allowed' }).waitFor();
    await page.getByRole('region', { name: 'The rule that decides' }).getByText('analyst').waitFor();
    await page.getByLabel('Action').fill('no action');
    await page.getByRole('alert').getByText('BAD_INPUT').waitFor();
  });

  it('says which roles may do something', async () => {
    const page = await dashboard.open('/policy/explain?role=*&action=query:policyRules', { as: 'alice' });
    await page.getByRole('row', { name: 'admin' }).getByText('✓ Allowed').waitFor();
    await page.getByRole('row', { name: 'user' }).getByText('✕ Denied').waitFor();
    await page.getByRole('button', { name: 'Explain user' }).click();
    await page.getByRole('heading', { name: 'Denied' }).waitFor();
    expect(page.url()).toContain('role=user');
  });

  it('shows that the roles are loading, and says whom it may not show them', async () => {
    const path = '/policy/explain?role=*&action=query:policyRules';
    const page = await dashboard.open('/policy', { as: 'alice' });
    const answer = Promise.withResolvers<void>();
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('PolicyText')) await answer.promise;
      await route.continue();
    });
    await page.goto(dashboard.server.url + path);
    await page.getByRole('status').getByText('Loading the roles').waitFor();
    expect(await page.getByRole('row').count()).toBe(0);
    expect(await page.getByLabel('Role').inputValue()).toBe('*');
    answer.resolve();
    await page.getByRole('row', { name: 'admin' }).getByText('✓ Allowed').waitFor();
    const other = await dashboard.open(path, { as: 'bob' });
    await other.getByRole('heading', { name: 'You may not see the roles' }).waitFor();
  });

  it('shows the problems of other rules by line, then the decisions that they would change', async () => {
    const { convertToJson } = await dashboard.ask('alice', CONVERT);
    const page = await dashboard.open('/policy/simulate', { as: 'alice', theme: 'dark' });
    await page.getByRole('textbox', { name: 'Rules' }).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\np, analyst, unknown:*, **, *, deny');
    await page.getByRole('button', { name: 'Simulate' }).click();
    await page.getByRole('heading', { name: 'One problem' }).waitFor();
    await page.locator('.cm-gutter-lint .cm-lint-marker-error').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press('Control+Home');
    await page.getByRole('button', { name: /^Line \d+$/ }).click();
    expect(await page.evaluate(() => String(document.getSelection()))).toBe('p, analyst, unknown:*, **, *, deny');
    // Over the selected line.
    await page.keyboard.type('p, analyst, command:*, **, *, deny');
    await page.getByRole('button', { name: 'Simulate' }).click();
    const row = page.getByRole('row', { name: 'command:convertToJson' });
    await row.getByText('✕ Denied').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await row.getByRole('link').getAttribute('href')).toContain(convertToJson.run.id);
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await page.getByText('The rules have changed since').waitFor();
    expect(await page.getByRole('button', { name: 'Discard changes' }).count()).toBe(0);
  });

  it('says which rule hides the rules', async () => {
    const page = await dashboard.open('/policy', { as: 'bob' });
    await page.getByRole('heading', { name: 'You may not see the rules' }).waitFor();
    await page.getByText('none lets user do query:policyRules').waitFor();
  });
});
