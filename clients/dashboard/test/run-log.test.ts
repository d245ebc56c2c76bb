import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoggingAgent, startLoggingAgent } from './support/long-log.ts';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const START = `mutation ($yaml: String!, $uri: URI!) {
  startRun(input: { source: { yaml: $yaml }, inputs: { uri: $uri } }) { __typename ... on Run { id } ... on Refusal { message } } }`;
const agentStep = (id: string, after?: string) => `
  - id: ${id}${after === undefined ? '' : `\n    depends_on: [${after}]`}
    kind: agent
    agent:
      role: Writer
      goal: Write
      backend: websocket
      backend_config: { uri: "{{ uri }}" }`;
const WORKFLOW = `name: two_logs
inputs: { uri: { type: string } }
steps:${agentStep('draft')}${agentStep('review', 'draft')}
`;

describe.skipIf(skipped)(`the log of a run ${skipped ?? ''}`, () => {
  const closing = new AsyncDisposableStack();
  let agent: LoggingAgent;
  let dashboard: Dashboard;
  let runId: string;

  beforeAll(async () => {
    agent = closing.use(await startLoggingAgent());
    dashboard = closing.use(await openDashboard({ env: agent.env }));
    const { startRun } = await dashboard.ask('admin', START, { yaml: WORKFLOW, uri: agent.uri });
    expect(startRun).toMatchObject({ __typename: 'Run' });
    runId = startRun.id;
  });
  afterAll(() => closing.disposeAsync());

  const open = (query: string, visit: Parameters<Dashboard['open']>[1] = {}) =>
    dashboard.open(`/runs/${runId}${query}`, { as: 'admin', ...visit });
  const row = (page: Page, text: string) => page.getByRole('option').filter({ hasText: text });

  it('follows all steps in one list, each line with its step', async () => {
    const page = await open('?view=graph');
    await page.getByRole('tab', { name: 'Log' }).first().click();
    await agent.asked();
    agent.log('a line of the draft');
    await row(page, 'a line of the draft').getByText('draft', { exact: true }).waitFor();
    agent.finish();
    await agent.asked();
    agent.log('a line of the review', 'ERROR');
    await row(page, 'a line of the review').getByText('review', { exact: true }).waitFor();
    agent.finish();
    await page.getByText('Succeeded').first().waitFor();
    const lines = await page.getByRole('option').allTextContents();
    const positions = ['a line of the draft', 'a line of the review'].map((text) =>
      lines.findIndex((line) => line.includes(text)),
    );
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(positions).not.toContain(-1);
  });

  it('is searched and filtered as the log of a step', async () => {
    const page = await open('?view=log&find=LINE+of');
    await page.getByText('2 matches').waitFor();
    await page.getByRole('button', { name: /^Errors 1/ }).click();
    await row(page, 'a line of the review').waitFor();
    await row(page, 'a line of the draft').waitFor({ state: 'detached' });
    await page.getByText('1 match', { exact: true }).waitFor();
  });

  it('leads from a line to that line in the log of its step', async () => {
    const page = await open('?view=log');
    await row(page, 'a line of the draft').getByText('draft', { exact: true }).click();
    await page.getByRole('region', { name: 'Log of draft' }).waitFor();
    await page.getByRole('option', { selected: true }).filter({ hasText: 'a line of the draft' }).waitFor();
    await row(page, 'a line of the review').waitFor({ state: 'detached' });
  });

  it('is used by keys alone', async () => {
    const page = await open('?view=log');
    await row(page, 'a line of the review').waitFor();
    await page.keyboard.press('e');
    await page.getByRole('option', { selected: true }).filter({ hasText: 'a line of the review' }).waitFor();
    await page.getByRole('button', { name: 'Show in review' }).press('Enter');
    await page.getByRole('region', { name: 'Log of review' }).waitFor();
    await page.getByRole('option', { selected: true }).filter({ hasText: 'a line of the review' }).waitFor();
  });

  it.each([
    ['light', 1440],
    ['dark', 390],
  ] as const)('can be used by everyone in its %s theme, %d pixels wide', async (theme, width) => {
    const page = await open('?view=log', { theme, width });
    await row(page, 'a line of the review').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});
