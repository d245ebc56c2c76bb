import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FullDashboard, openFullDashboard } from '../support/full-dashboard.ts';
import { problemsInEveryLook, skipped } from '../support/open-dashboard.ts';
import { eachTab, NAMED_PATHS, PATHS, ROUTES, settled, tabLists } from '../support/views.ts';

/** Paths with the lists of tabs that are opened there. Where there are two lists with many tabs, a test has one of them. */
const LOOKS = NAMED_PATHS.flatMap((path) => {
  if (path.index > 0) return [{ ...path, lists: { to: 0 } }];
  if (!['/runs/:id', '/workflows/:name'].includes(path.route)) return [{ ...path, lists: {} }];
  return [
    { ...path, lists: { to: 1 } },
    { ...path, name: `${path.name} with its other tabs`, lists: { from: 1 } },
  ];
});

describe.skipIf(skipped)(`a view that has something to show ${skipped ?? ''}`, () => {
  let full: FullDashboard;
  let page: Page;
  beforeAll(async () => {
    full = await openFullDashboard();
    page = await full.open('/', { as: 'admin' });
  });
  afterAll(() => full?.close());

  const show = async ({ route, index }: (typeof NAMED_PATHS)[number]) => {
    await page.goto(full.server.url + PATHS[route]?.(full)[index]);
    await settled(page);
  };

  it('is tested here', () => {
    expect(ROUTES.length).toBeGreaterThan(15);
    expect(Object.keys(PATHS).toSorted()).toEqual(ROUTES.toSorted());
    expect(NAMED_PATHS).toHaveLength(ROUTES.flatMap((route) => PATHS[route]?.(full) ?? []).length);
  });

  it.each(LOOKS)('$name can be used by everyone, in both themes, on a screen and on a phone', async (path) => {
    const problems: string[] = [];
    const look = async (tab: string) =>
      void problems.push(...(await problemsInEveryLook(page)).map((problem) => `${tab}: ${problem}`));
    await show(path);
    await eachTab(page, look, path.lists);
    expect(problems).toEqual([]);
  });

  it.each(NAMED_PATHS)('$name is the same after a reload, and after back and forward', async (path) => {
    await show(path);
    const tabs = path.index === 0 ? await openLastTabs(page) : [];
    const state = await stateOf(page, tabs);
    await page.reload();
    await expect.poll(() => stateOf(page, tabs)).toEqual(state);
    const elsewhere = path.route === '/schedules' ? 'Settings' : 'Schedules';
    await page.getByRole('navigation').getByRole('link', { name: elsewhere }).click();
    await page.getByRole('heading', { level: 1, name: elsewhere }).waitFor();
    await page.goBack();
    await expect.poll(() => stateOf(page, tabs)).toEqual(state);
    await page.goForward();
    await page.getByRole('heading', { level: 1, name: elsewhere }).waitFor();
  });
});

/** Opens the last tab of each list. Returns the names of the lists that are a part of the URL. */
async function openLastTabs(page: Page): Promise<string[]> {
  const kept: string[] = [];
  for (const label of await tabLists(page)) {
    const tabs = page.getByRole('tablist', { name: label, exact: true }).getByRole('tab');
    if ((await tabs.count()) === 0) continue;
    const before = page.url();
    await tabs.last().click();
    await settled(page);
    if (page.url() !== before) kept.push(label);
  }
  return kept;
}

/** What somebody has chosen to see, as the page shows it. */
async function stateOf(page: Page, tabs: readonly string[]) {
  const main = page.getByRole('main');
  const [headings, rows, values, chosen] = await Promise.all([
    main.getByRole('heading').allInnerTexts(),
    main.getByRole('row').count(),
    main.locator('input, select, textarea').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value)),
    main
      .locator('[role=tab][aria-selected=true]')
      .evaluateAll((all) =>
        all.map((one) => [one.closest('[role=tablist]')?.getAttribute('aria-label'), one.textContent]),
      ),
  ]);
  return { url: page.url(), headings, rows, values, chosen: chosen.filter(([label]) => tabs.includes(label ?? '')) };
}
