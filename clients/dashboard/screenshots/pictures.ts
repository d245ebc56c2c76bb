import type { Page } from 'playwright-core';
import type { Person } from './people.ts';
import type { Seeded } from './seed.ts';

export interface Picture {
  /** Of the view; the picture is `NAME.STATE.WIDTH.THEME.png`. */
  readonly name: string;
  readonly path: string;
  /** Who looks. Default: the administrator. null: nobody is signed in. */
  readonly as?: Extract<Person, 'admin' | 'alice' | 'bob'> | null;
  /** What somebody does before it is taken. */
  readonly act?: (page: Page) => Promise<unknown>;
  /** What goes wrong: answers are errors, the connection is lost, the session ends. */
  readonly goesWrong?: 'answers' | 'connection' | 'session';
}

const SECTIONS = ['appearance', 'tokens', 'accounts', 'webhooks', 'secrets', 'quotas', 'server'];

/** Every view of a server that is used. */
export const fullPictures = (ids: Seeded): readonly Picture[] => [
  { name: 'runs', path: '/runs' },
  { name: 'runs-filter', path: '/runs?state=FAILED&workflow=order_export&by=alice' },
  {
    name: 'runs-selected',
    path: '/runs?state=FAILED',
    act: async (page) => {
      for (const row of [0, 1]) await page.locator('[data-row]').nth(row).getByRole('checkbox').check();
    },
  },
  { name: 'runs-views', path: '/runs', act: (page) => page.getByRole('button', { name: 'Saved views' }).click() },
  { name: 'run-graph', path: `/runs/${ids.catalog}` },
  { name: 'run-build', path: `/runs/${ids.build}?step=eval&tab=output` },
  { name: 'run-list', path: `/runs/${ids.catalog}?view=list&step=check` },
  { name: 'run-time', path: `/runs/${ids.catalog}?view=time&step=stock&tab=attempts` },
  { name: 'run-data', path: `/runs/${ids.catalog}?view=data` },
  { name: 'run-input', path: `/runs/${ids.catalog}?step=feed&tab=input` },
  { name: 'run-output', path: `/runs/${ids.catalog}?step=offers&tab=output` },
  { name: 'run-decision', path: `/runs/${ids.catalog}?step=products&tab=decision` },
  { name: 'run-waits', path: `/runs/${ids.waiting}` },
  { name: 'run-lasts', path: `/runs/${ids.lasts}` },
  { name: 'run-agent', path: `/runs/${ids.talk}?tab=agent` },
  { name: 'run-tools', path: `/runs/${ids.talk}?tab=tools` },
  { name: 'run-agent-asks', path: `/runs/${ids.asks}?tab=agent` },
  { name: 'run-again', path: `/runs/${ids.rerun}` },
  { name: 'compare', path: `/compare/${ids.failed}/${ids.rerun}` },
  { name: 'compare-step', path: `/compare/${ids.failed}/${ids.rerun}?step=ledger` },
  { name: 'workflows', path: '/workflows' },
  { name: 'workflow', path: '/workflows/catalog_nightly' },
  { name: 'workflow-runs', path: '/workflows/catalog_nightly?tab=runs' },
  { name: 'workflow-versions', path: '/workflows/catalog_nightly?tab=versions' },
  { name: 'workflow-run', path: '/workflows/order_export/run' },
  { name: 'workflow-diff', path: '/workflows/catalog_nightly/diff?a=2&b=3' },
  {
    name: 'editor',
    path: '/workflows/catalog_nightly/edit',
    act: async (page) => {
      await page.locator('.cm-line', { hasText: 'Ask the warehouse' }).click();
      // A click scrolls to the middle of a long line.
      await page.keyboard.press('Home');
      await page.keyboard.press('Home');
    },
  },
  { name: 'editor-text', path: '/workflows/catalog_nightly/edit?show=text' },
  { name: 'editor-steps', path: '/workflows/catalog_nightly/edit?show=steps' },
  { name: 'editor-new', path: '/workflows/~new' },
  { name: 'play', path: '/play' },
  { name: 'play-command', path: `/play/command/convertToJson?from=${ids.convert}` },
  {
    name: 'play-result',
    path: `/play/command/convertToJson?from=${ids.convert}`,
    act: async (page) => {
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('tab', { name: 'Tree', exact: true }).waitFor();
    },
  },
  { name: 'play-tool', path: '/play/tool/drive.search' },
  { name: 'approvals', path: '/approvals' },
  { name: 'approval', path: `/approvals/${ids.approval}` },
  { name: 'approval-question', path: `/approvals/${ids.question}` },
  { name: 'schedules', path: '/schedules' },
  { name: 'files', path: '/files' },
  { name: 'file', path: `/files?file=${ids.file}` },
  { name: 'workers', path: '/workers' },
  { name: 'worker', path: '/workers', act: (page) => page.getByRole('button', { name: 'press-1' }).click() },
  { name: 'workers-letters', path: '/workers?show=letters' },
  { name: 'policy', path: '/policy' },
  {
    name: 'policy-explain',
    path: '/policy/explain?role=user&action=command:convertToCsv&uri=https://example.com/a.csv',
  },
  { name: 'policy-who', path: '/policy/explain?role=*&action=mutation:saveWorkflow' },
  {
    name: 'policy-simulate',
    path: '/policy/simulate',
    act: async (page) => {
      await page.getByLabel('Rules').click();
      await page.keyboard.press('Control+End');
      await page.keyboard.insertText('\np, analyst, step:http, **, *, deny\n');
      await page.getByRole('button', { name: 'Simulate' }).click();
      await page.getByRole('table').waitFor();
    },
  },
  ...SECTIONS.map((section) => ({ name: `settings-${section}`, path: `/settings?section=${section}` })),
  {
    name: 'palette',
    path: '/runs',
    act: async (page) => {
      await page.locator('[data-row]').first().waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.type('cat');
    },
  },
  {
    name: 'keys',
    path: '/runs',
    act: async (page) => {
      await page.locator('[data-row]').first().waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'sign-in', path: '/', as: null },
];

/** What a new server shows. */
export const EMPTY_PICTURES: readonly Picture[] = [
  ...['runs', 'workflows', 'play', 'approvals', 'schedules', 'files', 'workers'].map((name) => ({
    name,
    path: `/${name}`,
  })),
  { name: 'runs-filter', path: '/runs?state=FAILED&by=alice' },
  { name: 'workers-letters', path: '/workers?show=letters' },
  { name: 'policy-explain', path: '/policy/explain' },
  { name: 'policy-simulate', path: '/policy/simulate' },
  ...['tokens', 'webhooks', 'secrets'].map((section) => ({
    name: `settings-${section}`,
    path: `/settings?section=${section}`,
  })),
  { name: 'missing', path: '/nowhere' },
];

/** What failed, and what the dashboard says when it cannot show something. */
export const failingPictures = (ids: Seeded): readonly Picture[] => [
  { name: 'run', path: `/runs/${ids.failed}` },
  { name: 'run-list', path: `/runs/${ids.failed}?view=list` },
  { name: 'run-time', path: `/runs/${ids.failed}?view=time` },
  { name: 'run-undone', path: `/runs/${ids.refund}` },
  { name: 'run-missing', path: '/runs/run_01a22be876577431ac0f5503e181149f' },
  { name: 'workflow-missing', path: '/workflows/nothing' },
  { name: 'runs-lost', path: '/runs', goesWrong: 'connection' },
  { name: 'run-lost', path: `/runs/${ids.lasts}`, goesWrong: 'connection' },
  { name: 'runs-expired', path: '/runs', goesWrong: 'session' },
  ...['runs', 'workflows', 'play', 'approvals', 'schedules', 'files', 'workers', 'policy'].map(
    (name): Picture => ({ name, path: `/${name}`, goesWrong: 'answers' }),
  ),
  { name: 'workers-forbidden', path: '/workers', as: 'bob' },
  { name: 'policy-forbidden', path: '/policy', as: 'bob' },
  { name: 'files-forbidden', path: '/files', as: 'bob' },
  { name: 'settings-forbidden', path: '/settings?section=accounts', as: 'bob' },
  {
    name: 'editor',
    path: '/workflows/catalog_nightly/edit',
    act: async (page) => {
      await page.locator('.cm-line', { hasText: 'command: convertToJson' }).first().click();
      await page.keyboard.press('End');
      await page.keyboard.type('er');
      await page
        .getByText(/[1-9]\d* problem/)
        .first()
        .waitFor();
      await page.keyboard.press('Home');
      await page.keyboard.press('Home');
    },
  },
  {
    name: 'play',
    path: '/play/command/convertToJson',
    act: async (page) => {
      await page.getByRole('textbox', { name: 'URI' }).fill('file:///data/none.csv');
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByText('This file does not exist').first().waitFor();
    },
  },
  {
    name: 'sign-in',
    path: '/',
    as: null,
    act: async (page) => {
      await page.getByLabel('User name').fill('alice');
      await page.getByLabel('Password').fill('forgotten');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
    },
  },
];

/** The pictures of docs/dashboard.md, by name and state: width and theme. */
export const DOCUMENTED: Readonly<Record<string, readonly [number, 'light' | 'dark']>> = {
  'runs.full': [1440, 'light'],
  'run.failing': [1440, 'dark'],
  'run-time.full': [1440, 'light'],
  'editor.full': [1440, 'dark'],
  'approval.full': [768, 'light'],
  'schedules.full': [1440, 'light'],
  'policy-simulate.full': [1440, 'light'],
  'run-list.failing': [390, 'dark'],
};
