import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../../../test/support/cutting-proxy.ts';
import { closedPort } from '../../../sdk/test/test-clients.ts';
import { type FullDashboard, openFullDashboard } from '../support/full-dashboard.ts';
import { problemsInEveryLook, signInAgain, skipped } from '../support/open-dashboard.ts';
import { PATHS, ROUTES, settled } from '../support/views.ts';

describe.skipIf(skipped)(`without a server or a session ${skipped ?? ''}`, () => {
  let full: FullDashboard;
  let proxy: Awaited<ReturnType<typeof startCuttingProxy>>;
  beforeAll(async () => {
    full = await openFullDashboard();
    proxy = await startCuttingProxy(Number(new URL(full.server.url).port));
  });
  afterAll(async () => {
    await proxy?.stop();
    await full?.close();
  });

  const pathOf = (route: string) => PATHS[route]?.(full)[0] ?? '';
  /** As a link of the page does. */
  const follow = (page: Page, path: string) =>
    page.evaluate((to) => {
      history.pushState(null, '', to);
    }, path);

  it('the page to sign in can be used by everyone, also when the password is wrong', async () => {
    const page = await full.open('/');
    await page.getByLabel('User name').fill('alice');
    expect(await problemsInEveryLook(page)).toEqual([]);
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await problemsInEveryLook(page)).toEqual([]);
  });

  it('views say that they could not be read while the connection is lost, and are read when it is back', async () => {
    const page = await full.open('/files', { as: 'admin', through: proxy.url });
    await settled(page);
    proxy.redirect(await closedPort());
    proxy.cut();
    await page.getByText('Not connected').waitFor();
    const again = page.getByRole('main').getByRole('button', { name: 'Try again' }).first();
    // The list of runs is followed: it waits for the connection.
    for (const route of ROUTES.filter((one) => !['/files', '/runs'].includes(one))) {
      await follow(page, pathOf(route));
      // A view that was not opened before has no file either.
      await again.waitFor();
    }
    const problems = await problemsInEveryLook(page);
    expect(problems.filter((problem) => !problem.includes('page-has-heading-one'))).toEqual([]);
    proxy.redirect(Number(new URL(full.server.url).port));
    await page.getByText('Not connected').waitFor({ state: 'detached' });
    await again.click();
    await settled(page);
    await again.waitFor({ state: 'detached' });
  });

  it.each(['/runs', '/workflows/:name/edit', '/settings'])(
    '%s stays under the dialog that asks to sign in again',
    async (route) => {
      const page = await full.open(pathOf(route), { as: 'admin', ownSession: true });
      await settled(page);
      const { origin } = new URL(page.url());
      await page.context().request.delete(`${origin}/session`, { headers: { origin } });
      const dialog = page.getByRole('dialog', { name: 'Sign in again' });
      await dialog.waitFor();
      expect(await problemsInEveryLook(page)).toEqual([]);
      await signInAgain(page, 'admin');
      await settled(page);
    },
  );
});
