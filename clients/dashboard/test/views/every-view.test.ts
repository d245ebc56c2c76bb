import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FullDashboard, openFullDashboard } from '../support/full-dashboard.ts';
import { problemsInEveryLook, skipped } from '../support/open-dashboard.ts';
import { eachTab, PATHS, ROUTES, settled } from '../support/views.ts';

describe.skipIf(skipped)(`a view that has something to show ${skipped ?? ''}`, () => {
  let full: FullDashboard;
  beforeAll(async () => {
    full = await openFullDashboard();
  });
  afterAll(() => full?.close());

  it('is tested here', () => {
    expect(ROUTES.length).toBeGreaterThan(15);
    expect(Object.keys(PATHS).toSorted()).toEqual(ROUTES.toSorted());
  });

  it.each(ROUTES)('%s can be used by everyone, in both themes, on a screen and on a phone', async (route) => {
    const problems: string[] = [];
    const [first = '', ...others] = PATHS[route]?.(full) ?? [];
    const page = await full.open(first, { as: 'admin' });
    const look = async (path: string, tab = '') =>
      problems.push(...(await problemsInEveryLook(page)).map((problem) => `${path} ${tab}: ${problem}`));
    await settled(page);
    await eachTab(page, async (tab) => void (await look(first, tab)));
    for (const path of others) {
      await page.goto(`${full.server.url}${path}`);
      await settled(page);
      await look(path);
    }
    expect(problems).toEqual([]);
  });
});
