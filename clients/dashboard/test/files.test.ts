import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const STORE = `mutation ($name: String!, $text: String!, $mediaType: MediaType!) {
  uploadArtifact(input: { name: $name, source: { text: { text: $text, mediaType: $mediaType } } }) {
    ... on Artifact { id } } }`;

const FILES = [
  { name: 'prices.csv', text: 'id,price\n1,12.00\n', mediaType: 'text/csv' },
  { name: 'Report.html', text: '<h1>Report</h1>', mediaType: 'text/html' },
  { name: 'data.json', text: '{"rows":[1,2,3]}', mediaType: 'application/json' },
];

describe.skipIf(skipped)(`files ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  it('says where the first will come from', async () => {
    const page = await dashboard.open('/files', { as: 'alice' });
    await page.getByText('No files yet').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('finds files of all runs by a part of the name and by their type', async () => {
    for (const file of FILES) await dashboard.ask('alice', STORE, file);
    const page = await dashboard.open('/files', { as: 'alice' });
    const rows = () => page.getByRole('row').allInnerTexts();
    await page.getByRole('button', { name: 'data.json' }).waitFor();
    expect((await rows()).slice(1).map((row) => row.split(/\s+/).slice(0, 4))).toEqual([
      ['data.json', 'application/json', '16', 'B'],
      ['Report.html', 'text/html', '15', 'B'],
      ['prices.csv', 'text/csv', '17', 'B'],
    ]);
    await page.keyboard.press('/');
    await page.keyboard.type('rEP');
    await until('one row is left', async () => (await rows()).length === 2);
    await page.getByLabel('Media type').selectOption('image/*');
    await page.getByText('No files match').waitFor();
    await page.getByLabel('Media type').selectOption('text/*');
    await page.getByRole('button', { name: 'Report.html' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Report.html' }).waitFor();
    expect(await page.getByLabel('Name of the file').inputValue()).toBe('rEP');
    expect((await rows()).length).toBe(2);
  });

  it.each(['light', 'dark'] as const)('shows one next to the list, by keys alone, %s', async (theme) => {
    const page = await dashboard.open('/files', { as: 'alice', theme });
    const name = page.getByRole('button', { name: 'prices.csv' });
    await name.focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('region', { name: 'prices.csv', exact: true });
    await panel.getByRole('cell', { name: '12.00' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.reload();
    await panel.getByRole('cell', { name: '12.00' }).waitFor();
    await page.goBack();
    await panel.waitFor({ state: 'detached' });
    await name.focus();
    await page.keyboard.press('Enter');
    await panel.waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(await name.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('shows the file instead of the list on a phone', async () => {
    const page = await dashboard.open('/files', { as: 'alice', width: 390 });
    await page.getByRole('button', { name: 'data.json' }).click();
    await page.getByText('artifact:sha256/').waitFor();
    expect(await page.getByRole('button', { name: 'prices.csv' }).isVisible()).toBe(false);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'prices.csv' }).waitFor();
  });

  it('stores a file of the computer, and opens it', async () => {
    const page = await dashboard.open('/files', { as: 'alice' });
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Upload' }).click();
    const buffer = Buffer.from('# Notes\n\nAll is *well*.\n');
    await (await chooser).setFiles({ name: 'notes.md', mimeType: 'text/markdown', buffer });
    await page.getByRole('heading', { name: 'Notes', exact: true }).waitFor();
    expect(page.url()).toContain('file=art_');
    await page.getByRole('button', { name: 'notes.md' }).waitFor();
    await page.getByText('step uploadArtifact').waitFor();
  });

  it('says that a file was removed, or may not be seen', async () => {
    const page = await dashboard.open('/files?file=art_01a22be876577431ac0f5503e181149f', { as: 'bob' });
    await page.getByText('There is no such file').waitFor();
    const upload = page.getByRole('button', { name: 'Upload' });
    await until('the policy has answered', async () => (await upload.getAttribute('aria-disabled')) === 'true');
    expect(await upload.getAttribute('title')).toContain('command:uploadArtifact');
  });
});
