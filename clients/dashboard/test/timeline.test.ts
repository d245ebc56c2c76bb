import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';

const RETRIES = `
name: retries
steps:
  - { id: rows, kind: transform, input: { data: 1, expression: $ } }
  - { id: pause, kind: sleep, depends_on: [rows], input: { ms: 300 } }
  - id: flaky
    kind: transform
    depends_on: [pause]
    retry: { max_attempts: 3, backoff_ms: 200, on: [BAD_INPUT] }
    input: { data: 1, expression: "$error('never')" }
  - { id: after, kind: transform, depends_on: [flaky], input: { data: 1, expression: $ } }`;
const WAITS = `
name: waits
steps:
  - { id: agree, kind: approval, input: { reason: Really? } }
  - { id: after, kind: transform, depends_on: [agree], input: { data: 1, expression: $ } }`;
const ITEMS = `
name: items
steps:
${Array.from({ length: 100 }, (_, n) => `  - { id: s${n}, kind: transform, input: { data: 1, expression: $ } }`).join('\n')}
  - { id: each, kind: transform, for_each: "{{ [1, 2, 3] }}", input: { data: "{{ item }}", expression: $ } }
  - { id: agree, kind: approval, depends_on: [each], input: { reason: Really? } }
  - { id: after, kind: transform, depends_on: [agree], input: { data: 1, expression: $ } }`;
const long = (steps: number) => `
name: long
steps:
${Array.from({ length: steps }, (_, n) => `  - { id: s${n}, kind: transform, input: { data: 1, expression: $ } }`).join('\n')}`;

describe.skipIf(skipped)(`the timeline of a run ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  let retried: string;
  beforeAll(async () => {
    dashboard = await openDashboard();
    retried = await start(RETRIES, 30_000);
  });
  afterAll(() => dashboard?.close());

  async function start(yaml: string, waitMs = 0): Promise<string> {
    const document = 'mutation ($input: StartRunInput!) { startRun(input: $input) { ... on Run { id } } }';
    return (await dashboard.ask('admin', document, { input: { source: { yaml }, waitMs } })).startRun.id;
  }
  async function approve(id: string): Promise<void> {
    const { approvals } = await dashboard.ask('admin', '{ approvals(state: OPEN) { nodes { id run { id } } } }');
    const approval = approvals.nodes.find((one: { run: { id: string } }) => one.run.id === id);
    const decide = 'mutation ($id: ID!) { decideApproval(input: { approvalId: $id, approve: true }) { __typename } }';
    await dashboard.ask('admin', decide, { id: approval.id });
  }
  const row = (page: Page, key: string) =>
    page.getByRole('list', { name: 'Timeline of the steps' }).locator(`[data-step="${key}"]`);
  const zoom = (page: Page) => {
    const { searchParams } = new URL(page.url());
    return Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '');
  };
  const axis = async (page: Page) => {
    const box = await page.getByTitle('Drag to zoom').boundingBox();
    if (!box) throw new Error('There is no axis.');
    return box;
  };

  it('shows every attempt with its end, and the waits between them', async () => {
    const page = await dashboard.open(`/runs/${retried}?view=time`, { as: 'admin' });
    const titles = row(page, 'flaky').locator('i');
    await titles.first().waitFor();
    const texts = await titles.evaluateAll((bars) => bars.map((bar) => bar.getAttribute('title') ?? ''));
    expect(texts.map((one) => one.replace(/[\d.]+( ms|s)/, 'N')).filter((one) => !one.startsWith('queued'))).toEqual([
      'attempt 1 failed after N',
      'waited N before a retry',
      'attempt 2 failed after N',
      'waited N before a retry',
      'attempt 3 failed after N',
    ]);
    expect(await row(page, 'pause').locator('i').getAttribute('title')).toMatch(/^succeeded /);
    expect(await row(page, 'after').locator('i').count()).toBe(0);
    await row(page, 'flaky').getByText('3 attempts').waitFor();
  });

  it('selects a step by its label', async () => {
    const page = await dashboard.open(`/runs/${retried}?view=time`, { as: 'admin' });
    await row(page, 'rows').getByText('rows', { exact: true }).click();
    await page.getByRole('region', { name: 'Step rows' }).waitFor();
    expect(new URL(page.url()).searchParams.get('step')).toBe('rows');
  });

  it('shows what is dragged over on the axis, keeps it over a reload, and the whole run after a double click', async () => {
    const page = await dashboard.open(`/runs/${retried}?view=time`, { as: 'admin' });
    const pause = row(page, 'pause').locator('i');
    await pause.waitFor();
    const whole = await pause.boundingBox();
    const { x, y, width } = await axis(page);
    if (!whole) throw new Error('The bar is not shown.');
    await page.mouse.move(whole.x, y + 8);
    await page.mouse.down();
    await page.mouse.move(whole.x + whole.width, y + 8, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Whole run' }).waitFor();
    const { run } = await dashboard.ask('admin', 'query ($id: ID!) { run(id: $id) { createdAt finishedAt } }', {
      id: retried,
    });
    const length = Date.parse(run.finishedAt) - Date.parse(run.createdAt);
    expect(zoom(page) / length).toBeCloseTo(whole.width / width, 1);
    // What was dragged over takes all of the width.
    expect(((await pause.boundingBox())?.width ?? 0) / width).toBeGreaterThan(0.9);
    const url = page.url();
    await page.reload();
    await page.getByRole('button', { name: 'Whole run' }).waitFor();
    expect(page.url()).toBe(url);
    await page.mouse.dblclick(x + width / 2, y + 8);
    await page.getByRole('button', { name: 'Whole run' }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.has('from')).toBe(false);
  });

  it('is zoomed and moved by keyboard alone', async () => {
    const page = await dashboard.open(`/runs/${retried}?view=time`, { as: 'admin' });
    await row(page, 'rows').locator('i').last().waitFor();
    await page.keyboard.press('+');
    await page.getByRole('button', { name: 'Whole run' }).waitFor();
    const half = zoom(page);
    await page.keyboard.press('+');
    await expect.poll(() => zoom(page) / half).toBeCloseTo(0.5, 1);
    const before = new URL(page.url()).searchParams.get('from') ?? '';
    await row(page, 'rows').focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => new URL(page.url()).searchParams.get('from')).not.toBe(before);
    expect(Date.parse(new URL(page.url()).searchParams.get('from') ?? '')).toBeLessThan(Date.parse(before));
    await page.keyboard.press('-');
    await page.keyboard.press('-');
    await page.getByRole('button', { name: 'Whole run' }).waitFor({ state: 'detached' });
  });

  it('follows what waits, and shows how it ended', async () => {
    const id = await start(WAITS);
    const page = await dashboard.open(`/runs/${id}?view=time`, { as: 'admin' });
    const bar = row(page, 'agree').locator('i');
    const title = () => bar.getAttribute('title');
    await expect.poll(title).toMatch(/^waiting /);
    await approve(id);
    await expect.poll(title).toMatch(/^succeeded /);
    await row(page, 'after').locator('i').first().waitFor();
  });

  it('has a row for each of 1,000 steps, and its axis stays in sight', async () => {
    const id = await start(long(1_000), 30_000);
    const page = await dashboard.open(`/runs/${id}?view=time`, { as: 'admin' });
    await row(page, 's999').waitFor();
    const before = await axis(page);
    await row(page, 's999').scrollIntoViewIfNeeded();
    await row(page, 's999').locator('i').last().waitFor();
    expect((await axis(page)).y).toBe(before.y);
    await row(page, 's999').click();
    await page.getByRole('region', { name: 'Step s999' }).waitFor();
  }, 60_000);

  it('reads of more than 100 steps only what has a row, and no more after the end of the run', async () => {
    const id = await start(ITEMS);
    const page = await dashboard.open('/runs', { as: 'admin' });
    const open = new Set<string>();
    const read = new Set<string>();
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        const message = JSON.parse(String(payload));
        if (message.type === 'subscribe' && message.payload.query.includes('subscription StepTimes'))
          open.add(message.id);
        if (message.type === 'complete') open.delete(message.id);
      });
      socket.on('framereceived', ({ payload }) => {
        const message = JSON.parse(String(payload));
        if (message.type === 'complete') open.delete(message.id);
        if (message.type !== 'next' || !open.has(message.id)) return;
        for (const { step } of message.payload.data.events.events) read.add(step);
      });
    });
    await page.goto(`${dashboard.server.url}/runs/${id}?view=time`);
    await expect.poll(() => row(page, 'agree').locator('i').getAttribute('title')).toMatch(/^waiting /);
    await expect.poll(() => open.size).toBe(2);
    await approve(id);
    await page.locator('header').getByText('Succeeded', { exact: true }).first().waitFor();
    await row(page, 'after').locator('i').last().waitFor();
    await expect.poll(() => row(page, 'after').locator('i').last().getAttribute('title')).toMatch(/succeeded/);
    await expect.poll(() => open.size).toBe(0);
    expect(read.has('s99')).toBe(true);
    expect([...read].filter((step) => step.startsWith('each') && step !== 'each')).toEqual([]);
  }, 60_000);

  it('fits a phone', async () => {
    const page = await dashboard.open(`/runs/${retried}?view=time`, { as: 'admin', width: 390 });
    await row(page, 'flaky').locator('i').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    const label = await row(page, 'flaky').getByText('flaky', { exact: true }).boundingBox();
    const bar = await row(page, 'flaky').locator('i').first().boundingBox();
    expect(bar?.y).toBeGreaterThan(label?.y ?? Number.POSITIVE_INFINITY);
  });

  it.each(['light', 'dark'] as const)('can be used by everyone in its %s theme', async (theme) => {
    const page = await dashboard.open(`/runs/${retried}?view=time`, { as: 'admin', theme });
    await row(page, 'flaky').locator('i').first().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});
