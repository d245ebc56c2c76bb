import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { NEW_WORKFLOW } from '../../src/views/workflows/paths.ts';
import type { FullDashboard } from './full-dashboard.ts';

/** The views of the dashboard, as its code has them. */
export const ROUTES: readonly string[] = [
  ...readFileSync('clients/dashboard/src/routes.tsx', 'utf8').matchAll(/^ +\[(?:'(\/[^']*)'|NEW_WORKFLOW), /gm),
].map(([, path = NEW_WORKFLOW]) => path);

type Paths = readonly [string, ...string[]];
type Ids = Pick<FullDashboard, 'runs' | 'approval' | 'files'>;

/** Where each view shows something: first where it has most tabs, then other states. A view without a line fails the tests. */
export const PATHS: Readonly<Record<string, (ids: Ids) => Paths>> = {
  '/runs': () => ['/runs', '/runs?state=FAILED&workflow=broken'],
  '/runs/:id': ({ runs }) => [
    `/runs/${runs.prices}?step=told`,
    `/runs/${runs.prices}?step=each`,
    `/runs/${runs.broken}?view=graph`,
    `/runs/${runs.agreement}?view=list`,
    `/runs/${runs.agent}?tab=agent`,
    `/runs/${runs.agent}?tab=tools`,
    `/runs/${runs.logged}?find=rows`,
    `/runs/${runs.repeated}?view=time&tab=attempts`,
  ],
  '/compare/:a/:b': ({ runs }) => [`/compare/${runs.prices}/${runs.repeated}?step=told`],
  '/approvals': () => ['/approvals'],
  '/approvals/:id': ({ approval }) => [`/approvals/${approval}`],
  '/schedules': () => ['/schedules'],
  '/files': ({ files }) => ['/files', ...files.map((id) => `/files?file=${id}`)],
  '/workers': () => ['/workers'],
  '/policy': () => ['/policy'],
  '/policy/explain': () => [
    '/policy/explain?role=user&action=command:convertToCsv&uri=https://example.com/a.csv',
    '/policy/explain?role=*&action=query:policyRules',
  ],
  '/policy/simulate': () => ['/policy/simulate'],
  '/settings': () => ['/settings'],
  '/workflows': () => ['/workflows'],
  [NEW_WORKFLOW]: () => [NEW_WORKFLOW],
  '/workflows/:name': () => ['/workflows/prices', '/workflows/prices?version=1&step=told'],
  '/workflows/:name/edit': () => ['/workflows/prices/edit'],
  '/workflows/:name/run': () => ['/workflows/prices/run'],
  '/workflows/:name/diff': () => ['/workflows/prices/diff'],
  '/play/:kind?/:name?': () => ['/play/command/convertToJson', '/play', '/play/workflow/prices'],
};

/** Names in place of the IDs, which are known when the server runs: for the names of tests. */
const NAMES: Ids = {
  runs: new Proxy({} as Ids['runs'], { get: (_, name) => name }),
  approval: 'agreement',
  files: ['prices.csv', 'report.html', 'notes.md', 'rows.json'],
};

/** Each path of `PATHS`: its view, its index there, and a name. */
export const NAMED_PATHS = Object.entries(PATHS).flatMap(([route, paths]) =>
  paths(NAMES).map((name, index) => ({ route, index, name })),
);

/** Where each view has nothing to show, on a server where nobody has done anything. */
export const EMPTY_PATHS: Readonly<Record<string, Paths>> = {
  '/runs': ['/runs', '/runs?state=FAILED'],
  '/runs/:id': ['/runs/run_none'],
  '/compare/:a/:b': ['/compare/run_none/run_other'],
  '/approvals': ['/approvals'],
  '/approvals/:id': ['/approvals/apr_none'],
  '/schedules': ['/schedules'],
  '/files': ['/files', '/files?q=none', '/files?file=art_01a22be876577431ac0f5503e181149f'],
  '/workers': ['/workers'],
  '/policy': ['/policy?q=none'],
  '/policy/explain': ['/policy/explain', '/policy/explain?action=none'],
  '/policy/simulate': ['/policy/simulate'],
  '/settings': ['/settings'],
  '/workflows': ['/workflows', '/workflows?q=none'],
  [NEW_WORKFLOW]: [NEW_WORKFLOW],
  '/workflows/:name': ['/workflows/none'],
  '/workflows/:name/edit': ['/workflows/none/edit'],
  '/workflows/:name/run': ['/workflows/none/run'],
  '/workflows/:name/diff': ['/workflows/none/diff'],
  '/play/:kind?/:name?': ['/play', '/play/command/none'],
};

/** Waits until the page has read what it shows. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page
    .getByRole('status')
    .filter({ hasText: /^(Loading|Asking)/ })
    .first()
    .waitFor({ state: 'detached' });
}

/** Opens each tab of the page, or of some of its lists of tabs, and calls back with its name; once for a page without tabs. */
export async function eachTab(
  page: Page,
  look: (tab: string) => Promise<void>,
  { from = 0, to = Number.POSITIVE_INFINITY } = {},
): Promise<void> {
  const labels = (await tabLists(page)).slice(from, to);
  if (labels.length === 0) return look('');
  for (const label of labels) {
    const tabs = page.getByRole('tablist', { name: label, exact: true }).getByRole('tab');
    for (const name of await tabs.allInnerTexts()) {
      await tabs.getByText(name, { exact: true }).click();
      await settled(page);
      await look(`${label}, ${name}`);
    }
    await tabs.first().click();
    await settled(page);
  }
}

/** The names of the lists of tabs of the page. */
export const tabLists = (page: Page): Promise<string[]> =>
  page.getByRole('tablist').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
