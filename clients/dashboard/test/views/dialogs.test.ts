import { globSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FullDashboard, openFullDashboard } from '../support/full-dashboard.ts';
import { problemsInEveryLook, skipped } from '../support/open-dashboard.ts';
import { settled } from '../support/views.ts';

const SOURCES = 'clients/dashboard/src/';

type Open = readonly [path: (full: FullDashboard) => string, open: (page: Page) => Promise<unknown>];

const press = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name, exact: true }).click();
const key = (name: string) => (page: Page) => page.keyboard.press(name);
const at = (path: string) => () => path;

/** How each dialog is opened, by the file that has it. Those of workers need a message bus: workers.test.ts opens them. */
const DIALOGS: Readonly<Record<string, readonly Open[] | 'workers.test.ts'>> = {
  'shell/key-help.tsx': [[at('/runs'), key('?')]],
  'shell/palette.tsx': [[at('/runs'), key('Control+k')]],
  'views/approvals/approval.tsx': [
    [({ approval }) => `/approvals/${approval}`, press('Approve')],
    [({ approval }) => `/approvals/${approval}`, press('Reject')],
  ],
  'views/editor/forms-dialog.tsx': [[at('/workflows/prices/edit'), press('Other forms')]],
  'views/editor/run-dialog.tsx': [[at('/workflows/prices/edit'), press('Run…')]],
  'views/editor/save-dialog.tsx': [[at('/workflows/~new'), press('Save')]],
  'views/run/run-actions.tsx': [[({ runs }) => `/runs/${runs.agreement}`, press('Cancel')]],
  'views/run/step-actions.tsx': [[({ runs }) => `/runs/${runs.prices}?step=told`, press('Rerun from here…')]],
  'views/runs/saved-views.tsx': [[at('/runs?state=FAILED'), press('Saved views')]],
  'views/runs/selected-runs.tsx': [
    [
      at('/runs?workflow=agreement'),
      async (page) => {
        await page.getByRole('checkbox').last().check();
        await press('Cancel 1')(page);
      },
    ],
  ],
  'views/settings/account-dialog.tsx': ['Create an account', 'Roles of zoe', 'Password of zoe', 'Disable zoe'].map(
    (name): Open => [at('/settings?section=accounts'), press(name)],
  ),
  'views/settings/api-tokens.tsx': [
    [at('/settings?section=tokens'), press('Create a token')],
    [at('/settings?section=tokens'), (page) => page.getByRole('button', { name: /^Revoke/ }).click()],
  ],
  'views/settings/create-webhook.tsx': [[at('/settings?section=webhooks'), press('Create a webhook')]],
  'views/settings/webhooks.tsx': [
    [at('/settings?section=webhooks'), (page) => page.getByRole('button', { name: /^Delete/ }).click()],
  ],
  'views/settings/one-time-secret.tsx': [
    [
      at('/settings?section=tokens'),
      async (page) => {
        await press('Create a token')(page);
        await page.getByLabel('Name', { exact: true }).fill('for a test');
        await press('Create')(page);
        await page.getByRole('dialog').locator('code').waitFor();
      },
    ],
  ],
  'views/workers/dead-letters.tsx': 'workers.test.ts',
  'views/workers/revoke-dialog.tsx': 'workers.test.ts',
  'views/workers/worker-panel.tsx': 'workers.test.ts',
  'views/workflows/delete-dialog.tsx': [[at('/workflows/prices'), press('Delete')]],
};

describe.skipIf(skipped)(`a dialog ${skipped ?? ''}`, () => {
  let full: FullDashboard;
  beforeAll(async () => {
    full = await openFullDashboard();
  });
  afterAll(() => full?.close());

  it('is tested here', () => {
    const files = globSync('**/*.tsx', { cwd: SOURCES }).filter((file) =>
      /<(Dialog|Confirm)\b/.test(readFileSync(SOURCES + file, 'utf8')),
    );
    // The one that others use.
    expect(files.filter((file) => !file.endsWith('ui/confirm.tsx')).toSorted()).toEqual(
      Object.keys(DIALOGS).toSorted(),
    );
  });

  it.each(Object.keys(DIALOGS).filter((file) => Array.isArray(DIALOGS[file])))(
    'of %s can be used by everyone, and gives the focus back',
    async (file) => {
      // The administrator has no token.
      const as = file.includes('token') || file.includes('secret') ? 'alice' : 'admin';
      for (const [path, open] of DIALOGS[file] as readonly Open[]) {
        const page = await full.open(path(full), { as });
        await settled(page);
        await open(page);
        await page.getByRole('dialog').getByText('Loading').waitFor({ state: 'detached' });
        expect(await problemsInEveryLook(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
        const focused = await page.evaluate('document.activeElement?.tagName');
        expect(focused).toBe(file.startsWith('shell/') ? 'BODY' : 'BUTTON');
      }
    },
  );
});
