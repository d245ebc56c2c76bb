import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

describe.skipIf(skipped)(`the settings ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  it('keep the theme and the time zone for the next visit', async () => {
    const page = await dashboard.open('/settings', { as: 'alice' });
    await page.getByLabel('Theme').selectOption('dark');
    await page.reload();
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.getByLabel('Theme').inputValue()).toBe('dark');
  });

  it('create a token that is shown once and works until it is revoked', async () => {
    const page = await dashboard.open('/settings?section=tokens', { as: 'alice' });
    await page.getByText('No API tokens yet').waitFor();
    await page.getByRole('button', { name: 'Create a token' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('nightly job');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    const secret = await dialog.locator('code').textContent();
    const asked = () => dashboard.server.query('{ viewer { username } }', {}, secret ?? '');
    expect((await asked()).data.viewer.username).toBe('alice');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Revoke nightly job' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('No API tokens yet').waitFor();
    await expect.poll(async () => (await asked()).data.viewer).toBeNull();
  });

  it('let an administrator create an account, which can sign in until it is disabled', async () => {
    const page = await dashboard.open('/settings?section=accounts', { as: 'admin' });
    await page.getByRole('button', { name: 'Create an account' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('User name').fill('zoe');
    await dialog.getByLabel('Roles').fill('analyst');
    await dialog.getByLabel('Password').fill('a long password of hers');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('cell', { name: 'zoe', exact: true }).waitFor();
    const signIn = async () => {
      const document = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';
      const input = { username: 'zoe', password: 'a long password of hers' };
      return (await dashboard.server.query(document, { input })).data.signIn.__typename;
    };
    expect(await signIn()).toBe('Session');
    await page.getByRole('button', { name: 'Disable zoe' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable', exact: true }).click();
    await page.getByRole('cell', { name: 'Disabled' }).waitFor();
    expect(await signIn()).toBe('Refusal');
  });

  it('say to others which rule keeps the accounts from them', async () => {
    const page = await dashboard.open('/settings?section=accounts', { as: 'bob' });
    await page.getByText('You may not see the accounts').waitFor();
  });

  it.each(['tokens', 'accounts', 'webhooks', 'secrets', 'quotas', 'server'])(
    'can be used by everyone in the section %s',
    async (section) => {
      const page = await dashboard.open(`/settings?section=${section}`, { as: 'admin', theme: 'dark' });
      await page.getByRole('tabpanel').locator('table, h2, p').first().waitFor();
      await page.getByText('Loading').waitFor({ state: 'detached' });
      expect(await accessibilityProblems(page)).toEqual([]);
    },
  );
});
