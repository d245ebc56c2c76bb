import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './open-dashboard.ts';

const textOf = (name: string, ms: string) =>
  `# A comment.\nname: ${name}\ninputs:\n  ms: { type: integer, default: 1 }\nsteps:\n  - id: rest\n    kind: sleep\n    input: { ms: ${ms} }\n`;

const SAVE =
  'mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) { __typename ... on Refusal { message } } }';

describe.skipIf(skipped)(`the editor ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  const save = async (yaml: string) => {
    const { saveWorkflow } = await dashboard.ask('alice', SAVE, { input: { source: { yaml } } });
    expect(saveWorkflow).toEqual({ __typename: 'Workflow' });
  };
  const newest = async (name: string) => {
    const document = 'query ($name: String!) { workflow(name: $name) { version yaml } }';
    return (await dashboard.ask('alice', document, { name })).workflow;
  };
  /** Opens a workflow of this name, saved for this test. */
  const edit = async (name: string) => {
    await save(textOf(name, '5'));
    const page = await dashboard.open(`/workflows/${name}/edit`, { as: 'alice' });
    await page.getByText('No problems').waitFor();
    return page;
  };
  const listed = (page: Page, name: RegExp) => page.getByRole('list', { name: 'Steps' }).getByRole('button', { name });
  const text = (page: Page) => page.getByRole('textbox', { name: 'Text of the workflow' });
  const type = async (page: Page, typed: string) => {
    await text(page).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText(typed);
  };
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  it('says what is wrong at the line, leads there, and keeps the steps from before', async () => {
    const page = await edit('broken');
    await page.getByRole('list', { name: 'Steps' }).getByText('allowed').waitFor();
    await type(page, 'max_parallels: 2\n');
    const problems = page.getByRole('region', { name: 'Problems' });
    await problems.getByText('Did you mean max_parallel').waitFor();
    await page.getByText('1 problem', { exact: true }).waitFor();
    await page.locator('.cm-gutter-lint .cm-lint-marker-error').waitFor();
    await page.keyboard.press('Control+Home');
    await problems.getByRole('button', { name: 'line 9' }).click();
    await page.locator('.cm-activeLine', { hasText: 'max_parallels' }).waitFor();
    await type(page, 'outputs: [\n');
    await page.getByText('These are the steps from before').waitFor();
    await page.getByRole('list', { name: 'Steps' }).getByText('rest').waitFor();
    expect(await page.getByRole('button', { name: 'Run…' }).getAttribute('title')).toMatch(/Correct them first/);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('says which step the policy denies', async () => {
    const page = await edit('denied');
    await type(
      page,
      '  - id: secret\n    kind: command\n    command: fetch\n    input: { source: { uri: "file:///etc/passwd" } }\n',
    );
    await listed(page, /^secret.*denied/).waitFor();
  });

  it('completes a key by the schema', async () => {
    const page = await edit('completed');
    await type(page, 'sch');
    await page.keyboard.press('Control+Space');
    await page.getByRole('option', { name: 'schedule' }).click();
    await page.locator('.cm-line', { hasText: 'schedule:' }).waitFor();
  });

  it('saves the next version after it has shown what changes', async () => {
    const page = await edit('saved');
    expect(await page.getByRole('button', { name: 'Save' }).getAttribute('title')).toBe('It is saved as it is.');
    await type(page, 'max_parallel: 2\n');
    await page.getByText('Version 1, edited').waitFor();
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog', { name: 'Save version 2 of saved?' });
    await dialog.getByText('added: max_parallel: 2').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved saved as version 2.').waitFor();
    expect(await newest('saved')).toEqual({ version: 2, yaml: `${textOf('saved', '5')}max_parallel: 2\n` });
  });

  it('offers what was not saved after a reload, restores it, and discards it', async () => {
    const page = await edit('drafted');
    await type(page, 'max_parallel: 3\n');
    await page.getByText('Version 1, edited').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.locator('.cm-line', { hasText: 'max_parallel: 3' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.reload();
    await page.getByText('No problems').waitFor();
    expect(await page.getByRole('button', { name: 'Restore' }).count()).toBe(0);
  });

  it('shows what another saved meanwhile, and lets one choose', async () => {
    const page = await edit('shared');
    await save(textOf('shared', '6'));
    await type(page, 'max_parallel: 2\n');
    const saveIt = async () => {
      await page.getByRole('button', { name: 'Save', exact: true }).first().click();
      await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
    };
    await saveIt();
    const conflict = page.getByRole('dialog', { name: 'shared was saved by another meanwhile' });
    await conflict.getByText('input: { ms: 6 }').waitFor();
    await conflict.getByRole('button', { name: 'Take version 2' }).click();
    await page.locator('.cm-line', { hasText: 'ms: 6' }).waitFor();
    await save(textOf('shared', '7'));
    await type(page, 'max_parallel: 4\n');
    await saveIt();
    await conflict.getByRole('button', { name: 'Save mine as version 4' }).click();
    await page.getByText('Saved shared as version 4.').waitFor();
    expect((await newest('shared')).yaml).toBe(`${textOf('shared', '6')}max_parallel: 4\n`);
  });

  it('runs the text as it is, without saving it', async () => {
    const page = await edit('started');
    await type(page, '  - { id: again, kind: sleep, input: { ms: "{{ ms }}" } }\n');
    await listed(page, /^again/).waitFor();
    await page.getByRole('button', { name: 'Run…' }).click();
    await page.getByRole('dialog').getByLabel(/^Ms/).fill('2');
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await page.waitForURL(/\/runs\/run_/);
    await page.getByRole('main').getByText('again').first().waitFor();
    expect((await newest('started')).version).toBe(1);
  });

  it('writes a workflow as DAG-JSON, and reads it again', async () => {
    const step =
      '{ id: rows, kind: command, command: convertToJson, input: { source: { uri: "file:///data/products.csv" } } }';
    await save(`name: converted\nsteps:\n  - ${step}\n`);
    const page = await dashboard.open('/workflows/converted/edit', { as: 'alice' });
    await page.getByText('No problems').waitFor();
    await page.getByRole('button', { name: 'Other forms' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('"nodes"').waitFor();
    await dialog.getByRole('button', { name: 'Replace the text' }).click();
    await page.locator('.cm-line', { hasText: '"nodes"' }).waitFor();
    await page.getByRole('button', { name: 'Other forms' }).click();
    await dialog.getByRole('tab', { name: 'YAML' }).click();
    await dialog.getByText('kind: command').waitFor();
    await dialog.getByRole('button', { name: 'Replace the text' }).click();
    await page.locator('.cm-line', { hasText: 'kind: command' }).waitFor();
  });

  it('saves a new workflow, and continues with it', async () => {
    const page = await dashboard.open('/workflows/new', { as: 'alice' });
    await page.getByText('No problems').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog', { name: 'Save my_workflow?' }).getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/\/workflows\/my_workflow\/edit$/);
    await page.getByText('Version 1').waitFor();
  });

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

  it.each(['light', 'dark'] as const)('can be used by everyone in its %s theme', async (theme) => {
    const page = await dashboard.open('/workflows/new', { as: 'alice', theme });
    await page.getByText('No problems').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});
