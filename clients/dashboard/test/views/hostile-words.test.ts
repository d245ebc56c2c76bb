import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FullDashboard, openFullDashboard } from '../support/full-dashboard.ts';
import { harmOf, MARKUP, OVERRIDE } from '../support/hostile-words.ts';
import { skipped } from '../support/open-dashboard.ts';
import { eachTab, PATHS, ROUTES, settled } from '../support/views.ts';

const LONG = 'long'.repeat(125);
const ESCAPES = '\u001B[31m\u001B]8;;https://example.com\u0007link\u001B]8;;\u0007';
/** As long as a title may be. */
const SENTENCE = `${OVERRIDE}${MARKUP} ${ESCAPES} 👩‍👩‍👧‍👦 `.padEnd(200, 'long');

const OTHERS = `mutation ($username: String!, $url: String!) {
  createAccount(input: { username: $username, password: "a long password", roles: ["analyst"] }) { __typename }
  createWebhook(input: { url: $url, events: [RUN_ENDED] }) { __typename } }`;

const START =
  'mutation ($input: StartRunInput!) { startRun(input: $input) { __typename ... on Run { id } ... on Refusal { message } } }';
const BIG = `
name: big
inputs: { text: { type: string } }
steps: [{ id: told, kind: transform, input: { data: '{{ text }}', expression: $ } }]`;

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
    page = await full.open('/', { as: 'admin', width: 390 });
  });
  afterAll(() => full?.close());

  it.each(ROUTES)('%s runs nothing of it, keeps the words around it in order, and fits a phone', async (route) => {
    const [first = '', ...others] = PATHS[route]?.(full) ?? [];
    await page.goto(full.server.url + first);
    const problems: string[] = [];
    const look = async (path: string, tab = '') => {
      problems.push(...(await harmOf(page)).map((problem) => `${path} ${tab}: ${problem}`));
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

  it.each(['data', 'list', 'graph', 'log'])('shows a run with an input of 1 MB, as %s', async (view) => {
    const inputs = { text: SENTENCE + 'v'.repeat(1e6) };
    const { startRun } = await full.ask('alice', START, { input: { source: { yaml: BIG }, inputs, waitMs: 20_000 } });
    await page.goto(`${full.server.url}/runs/${startRun.id}?step=told&view=${view}`);
    await settled(page);
    await eachTab(page, async () => expect(await harmOf(page)).toEqual([]), { from: 1 });
  });
});
