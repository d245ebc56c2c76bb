import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../test/support/until.ts';
import { type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const WORKFLOW = `name: agreement
schedule: { cron: "0 2 * * *" }
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }
`;
const SAVE = 'mutation ($yaml: String!) { saveWorkflow(input: { source: { yaml: $yaml } }) { __typename } }';
const START = `mutation { startRun(input: { source: { name: "agreement" }, waitMs: 0 }) { ... on Run { id } } }`;
const OPEN = '{ approvals(state: OPEN) { nodes { id } } }';

describe.skipIf(skipped)(`a page as GraphQL ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  let page: Page;
  const ids = { run: '', other: '', approval: '' };
  beforeAll(async () => {
    dashboard = await openDashboard();
    await dashboard.ask('admin', SAVE, { yaml: WORKFLOW });
    ids.run = (await dashboard.ask('admin', START)).startRun.id;
    ids.other = (await dashboard.ask('admin', START)).startRun.id;
    const approvalOf = async () => (await dashboard.ask('admin', OPEN)).approvals.nodes[0]?.id;
    await until('an approval is open', async () => (await approvalOf()) !== undefined);
    ids.approval = await approvalOf();
    page = await dashboard.open('/runs', { as: 'admin' });
  });
  afterAll(() => dashboard?.close());

  const link = () => page.getByRole('link', { name: 'This page as GraphQL' });

  it.each([
    ['/runs', 'RunList'],
    ['/runs/RUN', 'RunFacts'],
    ['/compare/RUN/OTHER', 'CompareRuns'],
    ['/workflows', 'WorkflowList'],
    ['/workflows/agreement', 'WorkflowPage'],
    ['/workflows/agreement/run', 'WorkflowForm'],
    ['/workflows/agreement/diff', 'WorkflowTexts'],
    ['/workflows/agreement/edit', 'EditorWorkflow'],
    ['/workflows/~new', 'EditorNames'],
    ['/approvals', 'Approvals'],
    ['/approvals?show=all', 'Approvals'],
    ['/approvals/APPROVAL', 'Approval'],
    ['/schedules', 'Schedules'],
    ['/files?q=rows&type=text/csv', 'Files'],
    ['/workers', 'Workers'],
    ['/workers?show=restrictions', 'WorkersRestrictions'],
    ['/workers?show=letters', 'WorkersLetters'],
    ['/policy', 'PolicyRules'],
    ['/policy/explain', 'PolicyText'],
    ['/policy/explain?role=user&action=command:fetch&uri=https://example.com/', 'PolicyExplain'],
    ['/policy/simulate', 'PolicyText'],
    ['/settings?section=tokens', 'SettingsTokens'],
    ['/settings?section=accounts', 'SettingsAccounts'],
    ['/settings?section=webhooks', 'SettingsWebhooks'],
    ['/settings?section=secrets', 'SettingsSecrets'],
    ['/settings?section=quotas', 'SettingsQuotas'],
    ['/settings?section=server', 'SettingsServer'],
  ])('of %s is a query that the server answers', async (path, name) => {
    const of = path.replace('RUN', ids.run).replace('OTHER', ids.other).replace('APPROVAL', ids.approval);
    await page.goto(`${dashboard.server.url}${of}`);
    const named = page.locator(`a[href*="query=query+${name}+"], a[href*="query=query+${name}%28"]`);
    await named.waitFor();
    expect(await link().count()).toBe(1);
    const asked = new URL(String(await named.getAttribute('href')), dashboard.server.url).searchParams;
    await dashboard.ask('admin', String(asked.get('query')), JSON.parse(String(asked.get('variables'))));
  });

  it('opens in GraphiQL, which is signed in by the same session', async () => {
    await page.goto(`${dashboard.server.url}/approvals/${ids.approval}`);
    await link().click();
    await page.getByText('Signed in as admin').waitFor();
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'query Approval' }).waitFor();
    await page.locator('.graphiql-editor-tool .view-line', { hasText: ids.approval }).waitFor();
    await page.locator('.graphiql-execute-button').click();
    const answer = page.locator('.graphiql-response .view-lines', { hasText: ids.approval });
    await answer.waitFor();
    expect(await answer.innerText()).not.toContain('"errors"');
  });
});
