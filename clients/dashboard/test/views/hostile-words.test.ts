import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FullDashboard, openFullDashboard } from '../support/full-dashboard.ts';
import { skipped } from '../support/open-dashboard.ts';
import { eachTab, PATHS, ROUTES, settled } from '../support/views.ts';

const PHONE = 390;
/** Of the text after it: right to left. */
const OVERRIDE = '\u202E';
const MARKUP = '<img src="x" onerror="window.ran = true">';
const LONG = 'long'.repeat(125);
const ESCAPES = '\u001B[31m\u001B]8;;https://example.com\u0007link\u001B]8;;\u0007';
/** As long as a title may be. */
const SENTENCE = `${OVERRIDE}${MARKUP} ${ESCAPES} 👩‍👩‍👧‍👦 `.padEnd(200, 'long');

const OTHERS = `mutation ($username: String!, $url: String!) {
  createAccount(input: { username: $username, password: "a long password", roles: ["analyst"] }) { __typename }
  createWebhook(input: { url: $url, events: [RUN_ENDED] }) { __typename } }`;

describe.skipIf(skipped)(`a view of what others wrote to deceive ${skipped ?? ''}`, () => {
  let full: FullDashboard;
  let page: Page;
  beforeAll(async () => {
    full = await openFullDashboard({
      sentence: SENTENCE,
      logLine: SENTENCE + LONG,
      answer: SENTENCE + LONG,
      name: MARKUP.padEnd(80, 'n'),
      files: [
        {
          name: `${OVERRIDE}gpj.👩‍👩‍👧‍👦${MARKUP.replaceAll('/', '')}${'f'.repeat(180)}`,
          mediaType: 'text/csv',
          text: `${SENTENCE},b\n1,2\n`,
        },
        {
          name: 'one value of 1 MB',
          mediaType: 'application/json',
          text: JSON.stringify({ [SENTENCE]: 'v'.repeat(1e6) }),
        },
      ],
    });
    const others = { username: `${MARKUP}${'u'.repeat(200)}`, url: `https://example.com/${LONG}` };
    await full.ask('admin', OTHERS, others);
    page = await full.open('/', { as: 'admin', width: PHONE });
  });
  afterAll(() => full?.close());

  it.each(ROUTES)('%s runs nothing of it, keeps the words around it in order, and fits a phone', async (route) => {
    const [first = '', ...others] = PATHS[route]?.(full) ?? [];
    await page.goto(full.server.url + first);
    const problems: string[] = [];
    const look = async (path: string, tab = '') => {
      const found = await page.evaluate(reordered, OVERRIDE);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > PHONE) found.push(`It is ${wide} pixels wide.`);
      if (await page.evaluate('Boolean(window.ran)')) found.push('It runs.');
      problems.push(...found.map((problem) => `${path} ${tab}: ${problem}`));
    };
    await settled(page);
    await eachTab(page, (tab) => look(first, tab));
    for (const path of others) {
      await page.goto(full.server.url + path);
      await settled(page);
      await look(path);
    }
    expect(problems).toEqual([]);
  });
});

/** Texts that change the order of other words in the same line. */
function reordered(override: string): string[] {
  const problems: string[] = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const isInLine = (node: Node) => {
    if (node.textContent?.trim() === '') return false;
    if (node.nodeType !== Node.ELEMENT_NODE) return true;
    const { display, position } = getComputedStyle(node as Element);
    return display.startsWith('inline') && position === 'static';
  };
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const parent = text.parentElement as Element;
    if (!text.textContent?.includes(override) || !parent.checkVisibility() || parent.closest('textarea, option'))
      continue;
    const { display, unicodeBidi } = getComputedStyle(parent);
    const isIsolated = display !== 'inline' || unicodeBidi.startsWith('isolate');
    const isAlone =
      display.endsWith('flex') || [...parent.childNodes].every((node) => node === text || !isInLine(node));
    if (!isIsolated || !isAlone)
      problems.push(`${parent.closest('[class]')?.className}: ${parent.outerHTML.slice(0, 300)}`);
  }
  return [...new Set(problems)];
}
