import type { Page } from 'playwright-core';

/** Of the text after it: right to left. */
export const OVERRIDE = '\u202E';
export const MARKUP = '<img src="x" onerror="window.ran = true">';

/** What words of others do to a page that they may not: run, make it wider than its window, reorder other words. */
export async function harmOf(page: Page): Promise<string[]> {
  const harm = await page.evaluate(reordered, OVERRIDE);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) harm.push(`It is ${wide} pixels too wide.`);
  if (await page.evaluate('Boolean(window.ran)')) harm.push('It runs.');
  return harm;
}

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
