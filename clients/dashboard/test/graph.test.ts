import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const WAITING = `
name: waiting
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }
  - { id: each, kind: transform, depends_on: [agree], for_each: "{{ [1, 2, 3] }}", input: { data: "{{ item }}", expression: $ } }
  - { id: alone, kind: transform, input: { data: 1, expression: $ } }
  - { id: last, kind: transform, depends_on: [each, alone], input: { data: 1, expression: $ } }`;
const long = (steps: number) => `
name: long
steps:
${Array.from({ length: steps }, (_, n) => `  - { id: s${n}, kind: transform, input: { data: 1, expression: $ } }`).join('\n')}`;

describe.skipIf(skipped)(`the graph of a run ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  async function start(yaml: string): Promise<string> {
    const document = 'mutation ($yaml: String!) { startRun(input: { source: { yaml: $yaml } }) { ... on Run { id } } }';
    return (await dashboard.ask('admin', document, { yaml })).startRun.id;
  }
  const example = (name: string) => readFile(`examples/workflows/${name}.yaml`, 'utf8');
  const node = (page: Page, name: string) => page.locator(`[data-node="${name}"]`);
  const left = async (page: Page, name: string) => (await node(page, name).boundingBox())?.x ?? Number.NaN;

  it('shows what depends on what, and follows the run; the items of a step are one node', async () => {
    const id = await start(WAITING);
    const page = await dashboard.open(`/runs/${id}`, { as: 'admin' });
    await node(page, 'agree').getByText('Waiting').waitFor({ state: 'attached' });
    await node(page, 'alone').getByText('Succeeded').waitFor({ state: 'attached' });
    expect(await left(page, 'agree')).toBeLessThan(await left(page, 'each'));
    expect(await left(page, 'each')).toBeLessThan(await left(page, 'last'));
    expect(await left(page, 'alone')).toBe(await left(page, 'agree'));
    const { approvals } = await dashboard.ask('admin', '{ approvals(state: OPEN) { nodes { id run { id } } } }');
    const approval = approvals.nodes.find((one: { run: { id: string } }) => one.run.id === id);
    const decide =
      'mutation ($id: ID!) { decideApproval(input: { approvalId: $id, approve: true }) { __typename ... on Refusal { message } } }';
    await dashboard.ask('admin', decide, { id: approval.id });
    await node(page, 'each').getByText('3/3').waitFor();
    await node(page, 'last').getByText('Succeeded').waitFor({ state: 'attached' });
    expect(await page.locator('[data-node]').count()).toBe(4);
    expect(await page.locator('.react-flow__edge').count()).toBe(3);
  });

  it('selects a step, by pointer and by keyboard in the order of the steps', async () => {
    const page = await dashboard.open(`/runs/${await start(await example('repair'))}`, { as: 'admin' });
    await node(page, 'draft').click();
    await page.getByRole('region', { name: 'Step draft' }).waitFor();
    expect(new URL(page.url()).searchParams.get('step')).toBe('draft');
    await node(page, 'draft').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Step check' }).waitFor();
    await page.keyboard.press('k');
    await page.getByRole('region', { name: 'Step draft' }).waitFor();
  });

  it('has a dashed arc for a repair, and compensations below a line', async () => {
    const page = await dashboard.open(`/runs/${await start(await example('repair'))}`, { as: 'admin' });
    await page.getByText('repair 1').waitFor();
    const saga = await dashboard.open(`/runs/${await start(await example('saga'))}`, { as: 'admin' });
    await saga.getByText('Compensations').waitFor();
    const line = await saga.getByText('Compensations').boundingBox();
    const undo = await node(saga, 'undo:charge').boundingBox();
    expect(undo?.y).toBeGreaterThan(line?.y ?? Number.POSITIVE_INFINITY);
  });

  it('opens the list first when there are more than 300 steps, and on a phone', async () => {
    const id = await start(long(301));
    const page = await dashboard.open(`/runs/${id}`, { as: 'admin' });
    await page.getByRole('tab', { name: 'Steps', selected: true }).waitFor();
    await page.getByRole('tab', { name: 'Graph' }).click();
    await node(page, 's300').waitFor({ state: 'attached' });
    const phone = await dashboard.open(`/runs/${await start(await example('repair'))}`, { as: 'admin', width: 390 });
    await phone.getByRole('tab', { name: 'Steps', selected: true }).waitFor();
  });

  it('opens at its beginning when it does not fit', async () => {
    const chain = Array.from({ length: 40 }, (_, n) => {
      const after = n === 0 ? '' : `depends_on: [s${n - 1}], `;
      return `  - { id: s${n}, kind: transform, ${after}input: { data: 1, expression: $ } }`;
    });
    const save = 'mutation ($yaml: String!) { saveWorkflow(input: { source: { yaml: $yaml } }) { __typename } }';
    await dashboard.ask('admin', save, { yaml: `name: chain\nsteps:\n${chain.join('\n')}` });
    const page = await dashboard.open('/workflows/chain/edit', { as: 'admin' });
    await node(page, 's0').waitFor();
    const graph = await page.getByRole('region', { name: 'Graph of the steps' }).boundingBox();
    await until('its first step is there', async () => (await left(page, 's0')) >= (graph?.x ?? Number.NaN));
    expect(await left(page, 's3')).toBeLessThan((graph?.x ?? 0) + (graph?.width ?? 0));
  });

  it.each(['light', 'dark'] as const)('can be used by everyone in its %s theme', async (theme) => {
    const page = await dashboard.open(`/runs/${await start(await example('saga'))}`, { as: 'admin', theme });
    await page.getByText('Compensations').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});
