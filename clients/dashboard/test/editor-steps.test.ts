import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';
import { listed, openEditor, text, type } from './support/open-editor.ts';

describe.skipIf(skipped)(`the steps of the editor ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  const edit = (name: string) => openEditor(dashboard, name);
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  it('selects the step that the cursor is in, and goes to the step that is selected', async () => {
    const page = await edit('followed');
    await type(page, '  - id: more\n    kind: sleep\n    input: { ms: 1 }\n');
    await listed(page, /^more/).waitFor();
    await page.locator('.cm-line', { hasText: 'id: rest' }).click();
    await page.getByRole('list', { name: 'Steps' }).locator('[aria-current="true"]', { hasText: 'rest' }).waitFor();
    await listed(page, /^more/).click();
    await page.locator('.cm-activeLine', { hasText: 'id: more' }).waitFor();
  });

  it('adds a step after the selected one, and lets it depend on another', async () => {
    const page = await edit('grown');
    await listed(page, /^rest/).click();
    await page.getByLabel('Add a step after rest').selectOption('approval');
    await page.getByRole('button', { name: 'Add step' }).click();
    await page.locator('.cm-activeLine', { hasText: '- id: approval' }).waitFor();
    await listed(page, /^approval.*starts at once/).waitFor();
    await page.getByLabel('Add a dependency').selectOption('rest');
    await listed(page, /^approval.*after rest/).waitFor();
    await page.locator('.cm-line', { hasText: 'depends_on: [rest]' }).waitFor();
    await page.getByRole('button', { name: 'Do not depend on rest' }).click();
    await page.locator('.cm-line', { hasText: 'depends_on' }).waitFor({ state: 'detached' });
    await page.locator('.cm-line', { hasText: '# A comment.' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  describe('in the graph', () => {
    const node = (page: Page, id: string) => page.locator('.react-flow__node', { hasText: id });
    const draw = (page: Page, from: string, to: string) =>
      node(page, from).locator('.react-flow__handle-right').dragTo(node(page, to).locator('.react-flow__handle-left'));
    /** Where the line between two nodes next to each other can be clicked. */
    const selectEdge = async (page: Page, from: string, to: string) => {
      const [left, right] = await Promise.all([from, to].map((id) => node(page, id).boundingBox()));
      if (!left || !right) throw new Error('The nodes cannot be seen.');
      const y = (left.y + right.y) / 2 + left.height / 2;
      await page.mouse.click((left.x + left.width + right.x) / 2, y);
    };

    it('writes a dependency that is drawn', async () => {
      const page = await edit('drawn');
      await type(page, '  - { id: more, kind: sleep, input: { ms: 1 } } # last\n');
      await node(page, 'more').waitFor();
      await draw(page, 'rest', 'more');
      await page
        .locator('.cm-line', { hasText: 'kind: sleep, depends_on: [rest], input: { ms: 1 } } # last' })
        .waitFor();
      await listed(page, /^more.*after rest/).waitFor();
    });

    it('removes the selected edge from the text, by keys and by its button; undo brings it back', async () => {
      const page = await edit('cut');
      const step = '  - id: more\n    kind: sleep\n    depends_on: [rest] # why\n    input: { ms: 1 }\n';
      await type(page, step);
      await listed(page, /^more.*after rest/).waitFor();
      await selectEdge(page, 'rest', 'more');
      await page.getByRole('button', { name: 'Remove rest → more' }).waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Remove rest → more' }).waitFor({ state: 'detached' });
      await selectEdge(page, 'rest', 'more');
      await page.keyboard.press('Delete');
      await page.locator('.cm-line', { hasText: 'depends_on' }).waitFor({ state: 'detached' });
      await page.locator('.cm-line', { hasText: /^ {4}# why$/ }).waitFor();
      await listed(page, /^more.*starts at once/).waitFor();
      await text(page).press('Control+z');
      await page.locator('.cm-line', { hasText: '    depends_on: [rest] # why' }).waitFor();
      await listed(page, /^more.*after rest/).waitFor();
      await selectEdge(page, 'rest', 'more');
      await page.getByRole('button', { name: 'Remove rest → more' }).click();
      await listed(page, /^more.*starts at once/).waitFor();
    });

    it('refuses an edge that makes a cycle, and names the cycle', async () => {
      const page = await edit('circular');
      await type(page, '  - { id: more, kind: sleep, depends_on: [rest], input: { ms: 1 } }\n');
      await listed(page, /^more.*after rest/).waitFor();
      await draw(page, 'more', 'rest');
      await page.getByRole('alert').getByText('that makes a cycle: rest → more → rest.').waitFor();
      expect(await page.locator('.cm-line', { hasText: 'depends_on' }).count()).toBe(1);
    });

    it('keeps an edge that an expression makes, and names the expression and its line', async () => {
      const page = await edit('needed');
      await type(page, '  - id: next\n    kind: sleep\n    input: { ms: "{{ steps.rest.output.ms }}" }\n');
      await listed(page, /^next.*after rest/).waitFor();
      await selectEdge(page, 'rest', 'next');
      await page.keyboard.press('Backspace');
      const why = page.getByRole('alert').getByText('{{ steps.rest.output.ms }} in input.ms, line 11.');
      await why.waitFor();
      await text(page).press('Control+Home');
      await why.waitFor({ state: 'detached' });
      await listed(page, /^next/).click();
      await page.getByRole('button', { name: 'Do not depend on rest' }).click();
      await why.waitFor();
      await page.locator('.cm-line', { hasText: 'steps.rest.output.ms' }).waitFor();
    });

    it('goes to the step whose node is clicked, and marks the node of the step that the cursor is in', async () => {
      const page = await edit('clicked');
      await type(page, '  - id: more\n    kind: sleep\n    input: { ms: 1 }\n');
      await node(page, 'more').waitFor();
      await node(page, 'rest').click();
      await page.locator('.cm-activeLine', { hasText: 'id: rest' }).waitFor();
      await page.locator('.cm-line', { hasText: 'id: more' }).click();
      await node(page, 'more').locator('[aria-current="true"]').waitFor();
      expect(await node(page, 'rest').locator('[aria-current="true"]').count()).toBe(0);
    });
  });

  describe('the form of a step', () => {
    const panel = (page: Page, id: string) => page.getByRole('region', { name: `Step ${id}` });

    it('changes the characters of the value that is entered, and no others', async () => {
      const page = await edit('filled');
      const before = await text(page).innerText();
      await listed(page, /^rest/).click();
      const form = panel(page, 'rest');
      await form.getByLabel(/^Ms/).fill('7');
      await page.locator('.cm-line', { hasText: 'input: { ms: 7 }' }).waitFor();
      await form.getByText(/^More options \(1\d\)/).click();
      await form.getByLabel(/^Title/).pressSequentially('Rest: a bit');
      await page.locator('.cm-line', { hasText: 'title: "Rest: a bit"' }).waitFor();
      await page.getByText('No problems').waitFor();
      expect(await form.getByLabel(/^Title/).evaluate((field) => field === document.activeElement)).toBe(true);
      expect(await accessibilityProblems(page)).toEqual([]);
      await form.getByLabel(/^Title/).fill('');
      await page.locator('.cm-line', { hasText: 'title' }).waitFor({ state: 'detached' });
      await form.getByLabel(/^Ms/).fill('5');
      await page.locator('.cm-line', { hasText: 'input: { ms: 5 }' }).waitFor();
      expect(await text(page).innerText()).toBe(before);
    });

    it('asks for the options of the command that the step calls', async () => {
      const page = await edit('called');
      await type(page, '  - id: rows\n    kind: command\n    command: fetch\n    input: {}\n');
      await page.locator('.cm-line', { hasText: 'id: rows' }).click();
      const form = panel(page, 'rows');
      await form.getByLabel('Command').selectOption('convertToJson');
      await page.locator('.cm-line', { hasText: 'command: convertToJson' }).waitFor();
      await form.getByRole('textbox', { name: 'URI' }).fill('file:///data/products.csv');
      await page.locator('.cm-line', { hasText: 'input: { source: { uri: "file:///data/products.csv" } }' }).waitFor();
    });

    it('leaves what is unusual in the text, says why, and leads to its line', async () => {
      const page = await edit('unusual');
      await type(
        page,
        '  - id: next\n    kind: sleep\n    title: >\n      A long\n      title\n    input: { ms: "{{ ms }}" }\n',
      );
      await page.locator('.cm-line', { hasText: 'id: next' }).click();
      const form = panel(page, 'next');
      await form.getByText('Ms is an expression. Change it in the text: line 14').waitFor();
      await form.getByText(/Title is a text whose lines are joined/).waitFor();
      await form.getByRole('button', { name: 'line 14' }).click();
      await page.locator('.cm-activeLine', { hasText: '{{ ms }}' }).waitFor();
    });

    it('renames the step and what refers to it, and deletes it from what depends on it', async () => {
      const page = await edit('renamed');
      await type(
        page,
        '  - id: next\n    kind: sleep\n    depends_on: [rest] # after it\n    input: { ms: 1 }\noutputs: { all: "{{ steps.rest.output }}" }\n',
      );
      await listed(page, /^next.*after rest/).waitFor();
      await listed(page, /^rest/).click();
      await panel(page, 'rest').getByRole('button', { name: 'Delete step' }).click();
      await page
        .getByRole('alert')
        .getByText('rest is needed by {{ steps.rest.output }} in outputs.all, line 13.')
        .waitFor();
      await panel(page, 'rest').getByLabel('ID', { exact: true }).fill('pause');
      await page.keyboard.press('Enter');
      await page.locator('.cm-line', { hasText: 'depends_on: [pause] # after it' }).waitFor();
      await page.locator('.cm-line', { hasText: '{{ steps.pause.output }}' }).waitFor();
      await panel(page, 'pause').waitFor();
      await listed(page, /^next.*after pause/).click();
      await panel(page, 'next').getByRole('button', { name: 'Delete step' }).click();
      await listed(page, /^next/).waitFor({ state: 'detached' });
      expect(await page.locator('.cm-line', { hasText: 'after it' }).count()).toBe(0);
      await page.getByText('No problems').waitFor();
    });
  });
});
