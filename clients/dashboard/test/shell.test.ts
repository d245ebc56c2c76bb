import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

describe.skipIf(skipped)(`the dashboard ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  it.each(['admin', 'alice', 'bob'] as const)('signs %s in and out', async (user) => {
    const page = await dashboard.open('/runs');
    await page.getByLabel('User name').fill(user);
    await page.getByLabel('Password').fill(user);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
    expect(await page.title()).toBe('Runs · Signalbox');
    await page.getByRole('button', { name: user }).click();
    await page.getByLabel('User name').waitFor();
  });

  it('says that a password is wrong, and keeps the name', async () => {
    const page = await dashboard.open('/');
    await page.getByLabel('User name').fill('alice');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('UNAUTHENTICATED').waitFor();
    expect(await page.getByLabel('User name').inputValue()).toBe('alice');
  });

  it('finds a view by its name', async () => {
    const page = await dashboard.open('/nowhere', { as: 'alice' });
    await page.getByText('This page does not exist').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('run');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('loads a view while the server is asked who is signed in', async () => {
    const page = await dashboard.open('/frame.html', { as: 'alice' });
    const view = page.waitForRequest(/\/assets\/schedules-.*\.js$/);
    await page.route('**/graphql', async (route) => {
      await view;
      await route.continue();
    });
    await page.goto(`${dashboard.server.url}/schedules`);
    await page.getByRole('heading', { name: 'Schedules' }).waitFor();
  });

  it('lists four views on a phone, and the others after "More", which closes when one is chosen', async () => {
    const page = await dashboard.open('/runs', { as: 'alice', width: 390 });
    const views = page.getByRole('navigation', { name: 'Views' });
    await views.getByRole('link', { name: 'Workflows' }).waitFor();
    expect(await views.getByRole('link', { name: 'Policy' }).isVisible()).toBe(false);
    await views.getByRole('button', { name: 'More' }).click();
    expect(await accessibilityProblems(page)).toEqual([]);
    await views.getByRole('link', { name: 'Policy' }).click();
    await page.getByRole('heading', { name: 'Policy' }).waitFor();
    await views.getByRole('link', { name: 'Policy' }).waitFor({ state: 'hidden' });
    // Also in a view that has a use for the key.
    await views.getByRole('link', { name: 'Runs' }).click();
    await views.getByRole('button', { name: 'More' }).click();
    await page.keyboard.press('Escape');
    await views.getByRole('link', { name: 'Policy' }).waitFor({ state: 'hidden' });
  });

  it.each(['light', 'dark'] as const)('can be used by everyone in its %s theme', async (theme) => {
    const page = await dashboard.open('/', { theme });
    await page.getByLabel('User name').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    const runs = await dashboard.open('/runs', { as: 'alice', theme });
    await runs.getByText('Nothing has run yet').waitFor();
    expect(await accessibilityProblems(runs)).toEqual([]);
  });
});
