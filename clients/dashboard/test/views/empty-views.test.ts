import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dashboard, openDashboard, problemsInEveryLook, skipped } from '../support/open-dashboard.ts';
import { EMPTY_PATHS, eachTab, ROUTES, settled } from '../support/views.ts';

describe.skipIf(skipped)(`a view that has nothing to show ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  it('is tested here', () => {
    expect(Object.keys(EMPTY_PATHS).toSorted()).toEqual(ROUTES.toSorted());
  });

  it.each(ROUTES)('%s can be used by everyone, in both themes, on a screen and on a phone', async (route) => {
    const problems: string[] = [];
    const [first = '', ...others] = EMPTY_PATHS[route] ?? [];
    const page = await dashboard.open(first, { as: 'admin' });
    const look = async (path: string, tab = '') =>
      problems.push(...(await problemsInEveryLook(page)).map((problem) => `${path} ${tab}: ${problem}`));
    await settled(page);
    await eachTab(page, async (tab) => void (await look(first, tab)));
    for (const path of others) {
      await page.goto(`${dashboard.server.url}${path}`);
      await settled(page);
      await look(path);
    }
    expect(problems).toEqual([]);
  });
});
