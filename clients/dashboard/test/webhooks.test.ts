import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWebhookReceiver, type WebhookReceiver } from '../../../test/support/surfaces/webhook-receiver.ts';
import { until } from '../../../test/support/until.ts';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const CREATE = `mutation ($url: String!) {
  createWebhook(input: { url: $url, events: [RUN_ENDED] }) { ... on CreatedWebhook { webhook { id } } } }`;
const RUN = `mutation { startRun(input: { waitMs: 10000, source: {
  yaml: "name: nightly\\nsteps: [{ id: a, kind: transform, input: { expression: \\"1\\" } }]" } }) { ... on Run { id } } }`;

describe.skipIf(skipped)(`the deliveries of a webhook ${skipped ?? ''}`, () => {
  let receiver: WebhookReceiver;
  let dashboard: Dashboard;
  beforeAll(async () => {
    receiver = await startWebhookReceiver();
    dashboard = await openDashboard({ env: { ALLOWED_PRIVATE_HOSTS: receiver.host } });
  });
  afterAll(async () => {
    await dashboard?.close();
    await receiver?.close();
  });
  const answerWith = (status: number) => receiver.answerWith((res) => void res.writeHead(status).end());

  it.each(['light', 'dark'] as const)('say what the receiver answered, and one is sent again, %s', async (theme) => {
    const path = `/${theme}`;
    await dashboard.ask('admin', CREATE, { url: `${receiver.url}${path}` });
    const page = await dashboard.open('/settings?section=webhooks', { as: 'admin', theme });
    await page.getByRole('link', { name: path }).click();
    await page.getByText('Nothing was sent yet').waitFor();
    answerWith(500);
    await dashboard.ask('admin', RUN);
    await until('it is sent', () => receiver.at(path).length > 0);
    await page.reload();
    const row = page.getByRole('row', { name: 'A run has ended' });
    await row.getByText('HTTP 500').waitFor();
    await row.getByText('Pending').waitFor();
    await row.getByText('nightly').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    answerWith(204);
    await row.getByRole('button', { name: 'Send again' }).click();
    await row.getByText('Delivered').waitFor();
    await row.getByText('HTTP 204').waitFor();
    expect(new Set(receiver.at(path).map(({ id }) => id)).size).toBe(1);
    await page.getByLabel('State').selectOption('FAILED');
    await page.getByText('No delivery is in this state').waitFor();
    await page.reload();
    expect(await page.getByLabel('State').inputValue()).toBe('FAILED');
  });

  it('wait while the receiver is gone, until somebody enables the webhook', async () => {
    const { createWebhook } = await dashboard.ask('admin', CREATE, { url: `${receiver.url}/gone` });
    answerWith(410);
    await dashboard.ask('admin', RUN);
    await until('it is sent', () => receiver.at('/gone').length > 0);
    const page = await dashboard.open(`/settings?section=webhooks&webhook=${createWebhook.webhook.id}`, {
      as: 'admin',
    });
    await page.getByText('Disabled: gone').waitFor();
    const again = page.getByRole('button', { name: 'Send again' });
    expect(await again.getAttribute('aria-disabled')).toBe('true');
    expect(await again.getAttribute('title')).toContain('Enable it first');
    answerWith(204);
    await page.getByRole('button', { name: 'Enable', exact: true }).click();
    await page.getByText('✓ Works').waitFor();
    await again.click();
    await page.getByRole('row', { name: 'A run has ended' }).getByText('Delivered').waitFor();
  });

  it('are not shown of a webhook that does not exist', async () => {
    const page = await dashboard.open('/settings?section=webhooks&webhook=hook_1', { as: 'admin' });
    await page.getByText('There is no such webhook').waitFor();
    await page.getByRole('link', { name: 'All webhooks' }).click();
    await page.getByRole('button', { name: 'Create a webhook' }).waitFor();
  });
});
