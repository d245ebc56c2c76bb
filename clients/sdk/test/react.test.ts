import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/core/ids.ts';
import { startCuttingProxy } from '../../../test/support/cutting-proxy.ts';
import { runCreated } from '../../../test/support/store/sample-events.ts';
import { isWithoutBrowser, launchBrowser } from '../../../test/support/surfaces/browser.ts';
import { ADMIN, startGraphql, type TestGraphqlServer } from '../../../test/support/surfaces/graphql-server.ts';
import { createClient } from '../src/create-client.ts';
import { bundleReactPage, openPage } from './react-browser.ts';
import { closedPort, portOf } from './test-clients.ts';

const STEPS = `
name: two
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }
  - { id: last, kind: transform, depends_on: [agree], input: { data: 1, expression: $ } }`;
const listed = (name: string) => `
name: ${name}
goal_template: run {{ n }}
inputs: { n: { type: string } }
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }`;
/** Besides two steps that continue after one approval, as many that wait for another. */
const wide = (steps: number) => `
name: wide
steps:
  - { id: first, kind: approval, input: { reason: First } }
  - { id: second, kind: transform, depends_on: [first], input: { data: 1, expression: $ } }
  - { id: never, kind: approval, input: { reason: Never } }
${Array.from({ length: steps - 3 }, (_, n) => `  - { id: w${n}, kind: transform, depends_on: [never], input: { data: 1, expression: $ } }`).join('\n')}`;

describe.skipIf(isWithoutBrowser)('the hooks, in Chromium and strict mode', () => {
  let api: TestGraphqlServer;
  let proxy: Awaited<ReturnType<typeof startCuttingProxy>>;
  let browser: Browser;
  let script: string;
  let client: ReturnType<typeof createClient>;

  beforeAll(async () => {
    api = await startGraphql();
    const { origin, port } = new URL(api.url);
    proxy = await startCuttingProxy(Number(port));
    [browser, script] = await Promise.all([launchBrowser(), bundleReactPage()]);
    client = createClient({ url: origin, token: ADMIN });
  });
  afterEach(async () => {
    proxy.redirect(portOf(api));
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(async () => {
    client?.close();
    await browser?.close();
    await proxy?.stop();
    await api?.close();
  });

  /** A page that shows a component; its text is polled. */
  async function show(name: string, props: object, token = ADMIN) {
    const { page, problems, sent } = await openPage(browser, proxy.url, script);
    await page.evaluate(([n, p]) => window.show(n, p), [name, { token, ...props }] as const);
    const text = () => page.locator('body').innerText();
    return { page, problems, sent, text };
  }

  async function decide(runId: string, key: string, decision: 'approve' | 'reject') {
    for await (const { id, run, step } of client.approvals.list({ state: 'OPEN' })) {
      if (run.id === runId && step.key === key) await client.approvals[decision](id);
    }
  }

  const waiting = (runId: string) => expect.poll(async () => (await client.runs.get(runId)).state).toBe('WAITING');

  it('show a run from its snapshot to its end, with one query and one subscription for all components', async () => {
    const { id } = await client.runs.start({ source: { yaml: STEPS } });
    await waiting(id);
    const { text, sent, problems } = await show('RunView', { id });
    await expect.poll(text).toBe('WAITING\nagree WAITING\nlast PENDING');
    await decide(id, 'agree', 'approve');
    await expect.poll(text).toBe('SUCCEEDED\nagree SUCCEEDED\nlast SUCCEEDED');
    expect(sent.filter((name) => name.startsWith('Live'))).toEqual(['LiveRun', 'LiveEvents']);
    expect(problems).toEqual([]);
  });

  it('render the steps that change, and not the other 200', async () => {
    const { id } = await client.runs.start({ source: { yaml: wide(200) } });
    await waiting(id);
    const { page, text } = await show('CountedRun', { id });
    await expect.poll(text).toContain('w196 PENDING');
    const renders = () => page.evaluate(() => ({ ...window.renders }));
    const before = await renders();
    await decide(id, 'first', 'approve');
    await expect.poll(text).toContain('second SUCCEEDED');
    const after = await renders();
    const rendered = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(rendered.toSorted()).toEqual(['first', 'second']);
    await client.runs.cancel(id);
  });

  it('say since when they know nothing, and show what happened when the server is back', async () => {
    const { id } = await client.runs.start({ source: { yaml: STEPS } });
    await waiting(id);
    const { text } = await show('RunView', { id });
    await expect.poll(text).toContain('agree WAITING');
    proxy.redirect(await closedPort());
    proxy.cut();
    await expect.poll(text).toMatch(/^As of .*\n\nWAITING\nagree WAITING/);
    await decide(id, 'agree', 'approve');
    expect(await text()).toMatch(/^As of /);
    proxy.redirect(portOf(api));
    await expect.poll(text).toBe('SUCCEEDED\nagree SUCCEEDED\nlast SUCCEEDED');
  });

  it('begin when the server can be reached', async () => {
    const { id } = await client.runs.start({ source: { yaml: STEPS } });
    const { page, text } = await show('Nothing', {});
    proxy.redirect(await closedPort());
    proxy.cut();
    await page.evaluate((props) => window.show('RunView', props), { token: ADMIN, id });
    await expect.poll(text).toMatch(/^As of .*\n\nLoading/);
    proxy.redirect(portOf(api));
    await expect.poll(text).toBe('WAITING\nagree WAITING\nlast PENDING');
    await client.runs.cancel(id);
  });

  it('say what is wrong with a run that one may not see, and end what they have asked for when they disappear', async () => {
    const none = await show('RunView', { id: 'run_none' });
    await expect.poll(none.text).toContain('There is no run run_none');
    const { id } = await client.runs.start({ source: { yaml: STEPS } });
    const { page, text, sent } = await show('RunView', { id });
    await expect.poll(text).toContain('agree WAITING');
    await expect.poll(() => sent).toContain('LiveEvents');
    await page.evaluate(() => window.hide());
    await expect.poll(() => sent.at(-1)).toBe('complete');
    await client.runs.cancel(id);
  });

  it('try again after an error, which stays until the data is known', async () => {
    const id = newId('run');
    const { page, text, sent } = await show('RefreshedRun', { id });
    await expect.poll(text).toBe('NOT_FOUND');
    await api.store.journal.append(id, 1, [runCreated()]);
    proxy.redirect(await closedPort());
    proxy.cut();
    await page.getByText('NOT_FOUND').click();
    await expect.poll(() => sent.length).toBeGreaterThan(2);
    expect(await text()).toBe('NOT_FOUND');
    proxy.redirect(portOf(api));
    await expect.poll(text).toBe('PENDING');
  });

  it('read a run again that had ended and was retried', async () => {
    const { id } = await client.runs.start({ source: { yaml: STEPS } });
    await waiting(id);
    const { page, text } = await show('RefreshedRun', { id });
    await decide(id, 'agree', 'reject');
    await expect.poll(text).toBe('DENIED');
    await client.runs.retry(id);
    await page.getByText('DENIED').click();
    await expect.poll(text).toBe('WAITING');
    await decide(id, 'agree', 'approve');
    await expect.poll(text).toBe('SUCCEEDED');
  });

  it('keep the rows of a list current, and count new runs until they are shown', async () => {
    const workflow = 'listed';
    await client.workflows.save(listed(workflow));
    const start = async (n: number) =>
      (await client.runs.start({ source: { name: workflow }, inputs: { n: String(n) } })).id;
    const { page, text } = await show('RunTable', { workflow });
    await expect.poll(text).toBe('');
    const ids = [await start(1)];
    await expect.poll(text).toBe('run 1 WAITING');
    ids.push(await start(2), await start(3));
    await expect.poll(text).toBe('2 new\nrun 1 WAITING');
    await page.getByText('2 new').click();
    await expect.poll(text).toBe('run 3 WAITING\nrun 2 WAITING\nMore');
    await page.getByText('More').click();
    await expect.poll(text).toBe('run 3 WAITING\nrun 2 WAITING\nrun 1 WAITING');
    for (const id of ids) await client.runs.cancel(id);
    await expect.poll(text).toBe('run 3 CANCELLED\nrun 2 CANCELLED\nrun 1 CANCELLED');
  });

  it('show the end of a log, older lines, and those that follow, also after an interruption', async () => {
    const runId = await api.appendRun(1_200, { end: false });
    const { page, text } = await show('StepLog', { runId, step: 'fetch' });
    const lines = async () => (await text()).split('\n').filter((line) => line.startsWith('line '));
    const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `line ${from + n}`);
    await expect.poll(lines).toEqual(numbers(700, 1_200));
    await page.getByText('Older').click();
    await expect.poll(lines).toEqual(numbers(200, 1_200));
    const append = (n: number, level: 'INFO' | 'DEBUG' = 'INFO') =>
      api.store.journal.append(runId, n + 3, [
        { type: 'LOG', at: new Date(), step: 'fetch', payload: { level, text: `line ${n}` } },
      ]);
    await append(1_200);
    await append(1_201, 'DEBUG');
    proxy.redirect(await closedPort());
    proxy.cut();
    await append(1_202);
    proxy.redirect(portOf(api));
    await page.getByText('Older').click();
    await expect.poll(lines).toEqual([...numbers(0, 1_201), 'line 1202']);
    expect(await page.getByText('Older').count()).toBe(0);
  });

  it('keep 100,000 lines of a log that continues, and load those before again', async () => {
    const runId = await api.appendRun(10, { end: false });
    const { page, text } = await show('LongLog', { runId });
    await expect.poll(text).toBe('10: line 0 to line 9');
    const at = new Date();
    for (let n = 10; n < 100_010; n += 1_000) {
      await api.store.journal.append(
        runId,
        n + 3,
        Array.from({ length: 1_000 }, (_, i) => {
          return { type: 'LOG', at, step: 'fetch', payload: { level: 'INFO', text: `line ${n + i}` } } as const;
        }),
      );
    }
    await expect.poll(text).toBe('100000: line 10 to line 100009');
    await page.getByText('100000').click();
    await expect.poll(text).toBe('100010: line 0 to line 100009');
  });

  it('show approvals when they are requested, and no longer when they are decided', async () => {
    const reason = 'Shall this go on?';
    const yaml = STEPS.replace('Really?', `"${reason}"`);
    const { id } = await client.runs.start({ source: { yaml } });
    await waiting(id);
    const { page, text } = await show('ApprovalList', {});
    const rows = async () => (await text()).split(reason).length - 1;
    await expect.poll(rows).toBe(1);
    const other = await client.runs.start({ source: { yaml } });
    await expect.poll(rows).toBe(2);
    await decide(id, 'agree', 'approve');
    await expect.poll(rows).toBe(1);
    await page.getByText('Approve').first().click();
    await expect.poll(rows).toBe(0);
    expect((await client.runs.wait(other.id)).state).toBe('SUCCEEDED');
  });
});
