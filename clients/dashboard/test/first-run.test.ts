import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const STARTED = 'mutation ($input: StartRunInput!) { startRun(input: $input) { ... on Run { id } } }';
const FAILS = `
name: nightly
steps:
  - { id: rows, kind: command, command: convertToJson, input: { source: { uri: 'file:///data/none.csv' } } }`;
const BUILD_MS = 60_000;

describe.skipIf(skipped)(`on a fresh server ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  beforeEach(async () => {
    dashboard = await openDashboard();
  });
  afterEach(() => dashboard?.close());

  /** The run is watched until it has ended, without touching the page. */
  async function watch(page: Page) {
    await page.getByRole('heading', { name: 'build_service', exact: true }).waitFor();
    await page.locator('header').getByText('Running', { exact: true }).first().waitFor();
    await page.locator('header').getByText('Succeeded', { exact: true }).first().waitFor({ timeout: BUILD_MS });
    await page.goto(`${page.url()}?view=list`);
    const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem');
    await steps.nth(6).waitFor();
    expect(await steps.filter({ hasText: 'Succeeded' }).count()).toBe(await steps.count());
  }

  it(
    'somebody builds a service and watches it by the mouse alone, in fewer than 12 clicks',
    async () => {
      const page = await dashboard.open('/', { as: 'alice' });
      let clicks = 0;
      const click = async (name: string, role: 'link' | 'button') => {
        await page.getByRole(role, { name, exact: true }).click();
        clicks += 1;
      };
      await click('Build a service', 'link');
      await click('Run', 'button');
      await watch(page);
      expect(clicks).toBeLessThan(12);
    },
    BUILD_MS * 2,
  );

  it(
    'somebody builds a service and watches it by the keyboard alone, with fewer than 12 keys',
    async () => {
      const page = await dashboard.open('/', { as: 'alice' });
      let keys = 0;
      const press = async (key: string) => {
        await page.keyboard.press(key);
        keys += 1;
      };
      const example = page.getByRole('link', { name: 'Build a service' });
      await example.waitFor();
      while (!(await example.evaluate((element) => element === document.activeElement))) await press('j');
      await press('Enter');
      await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
      await press('Control+Enter');
      await watch(page);
      expect(keys).toBeLessThan(12);
    },
    BUILD_MS * 2,
  );

  it('why a run failed is on the first page, and all about it one click away', async () => {
    await dashboard.ask('alice', STARTED, { input: { source: { yaml: FAILS }, waitMs: 10_000 } });
    const page = await dashboard.open('/', { as: 'alice' });
    await page.getByRole('row', { name: 'nightly' }).getByText('This file does not exist').waitFor();
    await page.getByRole('link', { name: 'nightly' }).click();
    const why = page.getByRole('region', { name: 'Why it failed' });
    await why.getByText('rows failed').waitFor();
    await why.getByText('This file does not exist').waitFor();
  });
});
