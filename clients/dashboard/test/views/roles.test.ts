import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NEW_WORKFLOW } from '../../src/views/workflows/paths.ts';
import { type FullDashboard, openFullDashboard } from '../support/full-dashboard.ts';
import { skipped } from '../support/open-dashboard.ts';
import { eachTab, PATHS, ROUTES, settled } from '../support/views.ts';

const ROLES = ['admin', 'alice', 'bob'] as const;

/** What a view shows to a role: something that it reads there, then what it is denied. */
type Sight = readonly [reads: string, ...denied: string[]];

/** At the first path of each view, for an admin, for Alice, an analyst whose runs and files are shown, and for Bob, a user. */
const SIGHTS: Readonly<Record<string, readonly [Sight, Sight, Sight]>> = {
  '/runs': [['agreement'], ['agreement'], ['Nothing has run yet']],
  '/runs/:id': [['Run again'], ['Run again'], ['There is no such run']],
  '/compare/:a/:b': [['1 of 3 differ'], ['1 of 3 differ'], ['There is no run']],
  '/approvals': [['started by alice'], ['started by alice'], ['No approval has been requested']],
  '/approvals/:id': [['Reject'], ['Reject'], ['There is no such approval']],
  '/schedules': [['Run now'], ['Run now'], ['Run now', 'Pause']],
  '/files': [['prices.csv'], ['prices.csv'], ['No files yet', 'Upload']],
  '/workers': [
    ['Dead letters'],
    ['Dead letters', 'You may not see the workers'],
    ['Dead letters', 'You may not see dead letters', 'You may not see the workers'],
  ],
  '/policy': [['mutation:cancelRun'], ['mutation:cancelRun'], ['Who may', 'You may not see the rules']],
  '/policy/explain': [['analyst'], ['analyst'], ['Rules that almost match']],
  '/policy/simulate': [['Simulate'], ['Simulate'], ['Who may', 'You may not see the rules']],
  '/settings': [
    ['Accounts'],
    ['Accounts', 'You may not see the accounts'],
    ['Accounts', 'You may not see the accounts', 'You may not see webhooks'],
  ],
  '/workflows': [['prices'], ['prices'], ['prices', 'New workflow']],
  [NEW_WORKFLOW]: [['Add step'], ['Add step'], ['Add step', 'Save']],
  '/workflows/:name': [['Delete'], ['Delete'], ['Run', 'Delete']],
  '/workflows/:name/edit': [['Add step'], ['Add step'], ['Add step', 'Save']],
  '/workflows/:name/run': [['Start'], ['Start'], ['Start']],
  '/workflows/:name/diff': [['lines that are the same'], ['lines that are the same'], ['lines that are the same']],
  '/play/:kind?/:name?': [['Convert to JSON'], ['Convert to JSON'], ['Convert to JSON']],
};

/** What a person cannot read. */
const RAW = /FORBIDDEN|UNAUTHENTICATED|INTERNAL|TypeError|\[object |\bundefined\b|\bNaN\b/;

describe.skipIf(skipped)(`a view ${skipped ?? ''}`, () => {
  let full: FullDashboard;
  let windows: { readonly page: Page; readonly refused: () => Promise<string[]> }[] = [];
  beforeAll(async () => {
    full = await openFullDashboard();
    const pages = await Promise.all(ROLES.map((as) => full.open('/settings', { as })));
    windows = pages.map((page) => ({ page, refused: refusals(page) }));
  });
  afterAll(() => full?.close());

  it('is tested here', () => {
    expect(Object.keys(SIGHTS).toSorted()).toEqual(ROUTES.toSorted());
  });

  it('is caught when it asks for what is refused', async () => {
    for (const { page, refused } of windows.slice(1)) {
      await page.evaluate(async () => {
        const body = JSON.stringify({ query: '{ accounts { nodes { username } } }' });
        const headers = { 'content-type': 'application/json' };
        await (await fetch('/graphql', { method: 'POST', headers, body })).text();
      });
      expect(await refused()).toHaveLength(1);
    }
  });

  it.each(ROUTES)('%s shows each role what it may see, and names the rule that denies it the rest', async (route) => {
    for (const [index, { page, refused }] of windows.entries()) {
      const [reads = '', ...denied] = SIGHTS[route]?.[index] ?? [];
      await page.goto(full.server.url + PATHS[route]?.(full)[0]);
      await settled(page);
      // What the policy says is known.
      await page.waitForLoadState('networkidle');
      const main = page.getByRole('main');
      let text = '';
      const found = new Set<string>();
      await eachTab(page, async () => {
        for (const one of await deniedIn(page)) found.add(one);
        expect(await main.getByRole('alert').allInnerTexts()).toEqual([]);
        text += await main.innerText();
      });
      expect(text).toContain(reads);
      expect(text).not.toMatch(RAW);
      expect([...found].toSorted(), ROLES[index]).toEqual(denied.toSorted());
      expect(await refused()).toEqual([]);
    }
  });
});

/** What the page says is denied, once it names a rule or that none matches. */
async function deniedIn(page: Page): Promise<string[]> {
  const rule = /^(Denied, because no rule matched|Rule \w+): /;
  const [controls, hidden] = await Promise.all([
    page
      .getByRole('main')
      .locator('[aria-disabled=true]')
      .evaluateAll((all) =>
        all.map((control) => {
          const shown = control.cloneNode(true) as Element;
          for (const reason of shown.querySelectorAll('.visually-hidden')) reason.remove();
          return [control.ariaLabel ?? shown.textContent.trim(), control.getAttribute('title') ?? ''] as const;
        }),
      ),
    page
      .getByRole('heading', { name: /^You may not see/ })
      .evaluateAll((all) =>
        all.map((heading) => [heading.textContent, heading.nextElementSibling?.textContent ?? ''] as const),
      ),
  ]);
  return [...controls, ...hidden].filter(([, why]) => rule.test(why)).map(([name]) => name);
}

/** What the server has refused the page since the last call. The page should not have asked. */
function refusals(page: Page): () => Promise<string[]> {
  const answers: Promise<string>[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname === '/graphql') answers.push(response.text().catch(() => ''));
  });
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => answers.push(Promise.resolve(String(payload)))),
  );
  return async () => (await Promise.all(answers.splice(0))).filter((answer) => answer.includes('FORBIDDEN'));
}
