import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const NAP = `# Waits for a moment.
name: nap
description: Waits a moment, then says so.
inputs:
  ms: { type: integer, description: How long it waits. }
steps:
  - id: rest
    kind: sleep
    input: { ms: "{{ ms }}" }
  - id: told
    kind: transform
    depends_on: [rest]
    input: { data: "{{ ms }}", expression: "$" }
outputs:
  rested: "{{ steps.told.output }}"
`;

const SAVE =
  'mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) { __typename ... on Refusal { message } } }';

describe.skipIf(skipped)(`workflows in the dashboard ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  const save = async (yaml: string) => {
    const { saveWorkflow } = await dashboard.ask('alice', SAVE, { input: { source: { yaml } } });
    expect(saveWorkflow).toEqual({ __typename: 'Workflow' });
  };
  beforeAll(async () => {
    dashboard = await openDashboard();
    await save(NAP);
    await save(NAP.replace('Waits a moment', 'Rests a moment'));
    await save(
      `name: other\nsteps:\n  - { id: rest, kind: sleep, input: { ms: 1 } }\nschedule: { cron: "0 2 * * *" }\n`,
    );
  });
  afterAll(() => dashboard?.close());

  it('lists what is saved with its schedule and problems, and finds it by words of its description', async () => {
    const page = await dashboard.open('/workflows', { as: 'alice' });
    const row = page.getByRole('row', { name: /^nap/ });
    await row.getByText('by hand').waitFor();
    await row.getByText('none', { exact: true }).waitFor();
    await row.getByText('v2 by alice').waitFor();
    await page
      .getByRole('row', { name: /^other/ })
      .getByText('0 2 * * *')
      .waitFor();
    await page.getByLabel('Search workflows').fill('rests');
    await page.getByRole('link', { name: 'other' }).waitFor({ state: 'detached' });
    await page.reload();
    await row.waitFor();
    expect(await page.getByRole('link', { name: 'other' }).count()).toBe(0);
    await page.getByLabel('Search workflows').fill('nothing like it');
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByRole('link', { name: 'other' }).waitFor();
  });

  it('starts a workflow from the form of its inputs, goes to the run, and lists it', async () => {
    const page = await dashboard.open('/workflows/nap', { as: 'alice' });
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Ms is required.').waitFor();
    await page.getByLabel('Ms').fill('5');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForURL(/\/runs\/run_/);
    await page.getByRole('main').getByText('Succeeded').first().waitFor();
    await page.goto(`${dashboard.server.url}/workflows/nap?tab=runs`);
    await page.getByRole('tabpanel').getByText('Succeeded').waitFor();
  });

  it('shows a step where it stands in the text, and keeps it in the URL', async () => {
    const page = await dashboard.open('/workflows/nap?view=list', { as: 'alice' });
    await page.getByRole('button', { name: /^told.*after rest/ }).click();
    await page.locator('[data-marked]', { hasText: '- id: told' }).waitFor();
    expect(new URL(page.url()).searchParams.get('step')).toBe('told');
    await page.keyboard.press('k');
    await page.locator('[data-marked]', { hasText: '- id: rest' }).waitFor();
  });

  it('shows the steps as a graph, and what a step does when it is clicked', async () => {
    const page = await dashboard.open('/workflows/nap', { as: 'alice' });
    await page.getByRole('region', { name: 'Graph of the steps' }).getByRole('button', { name: /^told/ }).click();
    const told = page.getByRole('region', { name: 'Step told' });
    await told.getByText('transform').waitFor();
    await page.locator('[data-marked]', { hasText: '- id: told' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await told.getByRole('button', { name: 'rest' }).click();
    await page.getByRole('region', { name: 'Step rest' }).getByText('sleep').waitFor();
    await page.keyboard.press('j');
    await told.waitFor();
    await page.getByRole('tab', { name: 'List' }).click();
    await page.reload();
    await page.getByRole('button', { name: /^told.*after rest/ }).waitFor();
  });

  it('lists the steps first when a graph has too many', async () => {
    const steps = Array.from({ length: 301 }, (_, n) => `  - { id: s${n}, kind: sleep, input: { ms: 1 } }\n`);
    await save(`name: large\nsteps:\n${steps.join('')}`);
    const page = await dashboard.open('/workflows/large', { as: 'alice' });
    await page.getByRole('button', { name: /^s300/ }).waitFor();
    expect(await page.getByRole('tab', { name: 'List' }).getAttribute('aria-selected')).toBe('true');
  });

  it('opens an older version, says that it is older, and what changed since', async () => {
    const page = await dashboard.open('/workflows/nap?tab=versions', { as: 'alice' });
    await page.getByRole('link', { name: 'Version 1' }).click();
    await page.getByText('This is version 1.').waitFor();
    await page.getByText('Waits a moment, then says so.', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'what changed' }).click();
    const diff = page.getByRole('figure', { name: 'nap, from version 1 to version 2' });
    await diff.getByText('1 added, 1 removed').waitFor();
    await diff.getByText('added: description: Rests a moment').waitFor();
    await diff.getByText('removed: description: Waits a moment').waitFor();
    expect(await diff.getByText('id: told').count()).toBe(0);
    await diff.getByRole('button', { name: /Show \d+ lines that are the same/ }).click();
    await diff.getByText('id: told').waitFor();
    await page.getByLabel('From', { exact: true }).selectOption('2');
    await page.getByText('The texts are the same').waitFor();
  });

  it('says what deleting removes, and deletes only when it is confirmed', async () => {
    await save('name: waste\nsteps:\n  - { id: rest, kind: sleep, input: { ms: 1 } }\n');
    const page = await dashboard.open('/workflows/waste', { as: 'alice' });
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete waste?' });
    await dialog.getByText('Its runs are kept').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('waste was deleted.').waitFor();
    await page.getByRole('link', { name: 'nap', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'waste' }).count()).toBe(0);
    await page.goto(`${dashboard.server.url}/workflows/waste`);
    await page.getByText('There is no such workflow').waitFor();
  });

  it('disables for a user of few rights what the policy forbids, and names why', async () => {
    const page = await dashboard.open('/workflows/nap', { as: 'bob' });
    const remove = page.getByRole('button', { name: 'Delete' });
    await expect.poll(() => remove.getAttribute('aria-disabled')).toBe('true');
    expect(await remove.getAttribute('title')).toMatch(/mutation:deleteWorkflow/);
  });

  it.each(['light', 'dark'] as const)('can be used by everyone in its %s theme', async (theme) => {
    const paths = ['/workflows', '/workflows/nap', '/workflows/nap/run', '/workflows/nap/diff', '/workflows/gone'];
    for (const path of paths) {
      const page = await dashboard.open(path, { as: 'alice', theme, width: path === '/workflows' ? 390 : 1440 });
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('main').getByText('Loading').waitFor({ state: 'detached' });
      expect(await accessibilityProblems(page)).toEqual([]);
    }
  });
});
