import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, type Dashboard, openDashboard, skipped } from './support/open-dashboard.ts';
import { listed, openEditor, saveText, textOf, type } from './support/open-editor.ts';

describe.skipIf(skipped)(`the editor ${skipped ?? ''}`, () => {
  let dashboard: Dashboard;
  const save = (yaml: string) => saveText(dashboard, yaml);
  const edit = (name: string) => openEditor(dashboard, name);
  const newest = async (name: string) => {
    const document = 'query ($name: String!) { workflow(name: $name) { version yaml } }';
    return (await dashboard.ask('alice', document, { name })).workflow;
  };
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard?.close());

  it('takes the text of an input method over a selection of several lines, and breaks no rule of the page', async () => {
    const page = await openEditor(dashboard, 'composed');
    const lines = page.locator('.cm-line');
    await lines.nth(1).click();
    await page.keyboard.press('Home');
    for (const key of [...Array(3).fill('ArrowRight'), ...Array(3).fill('Shift+ArrowDown')])
      await page.keyboard.press(key);
    const browser = await page.context().newCDPSession(page);
    await browser.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
    await browser.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
    await browser.send('Input.insertText', { text: '日本' });
    expect((await lines.allTextContents()).slice(0, 3)).toEqual(['# A comment.', 'nam日本ps:', '  - id: rest']);
    await page.keyboard.press('Control+z');
    await expect.poll(() => lines.nth(1).textContent()).toBe('name: composed');
  });

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
    expect(await page.getByRole('button', { name: 'Run…' }).getAttribute('title')).toMatch(/Correct the errors/);
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
    expect(await page.getByRole('button', { name: 'Save' }).getAttribute('title')).toBe('Nothing has changed.');
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

  it('keeps a draft until its offer is answered, whatever is written meanwhile', async () => {
    const page = await edit('offered');
    const offer = page.getByRole('status').filter({ hasText: 'were not saved' });
    await type(page, 'max_parallel: 3\n');
    await page.getByText('Version 1, edited').waitFor();
    await page.reload();
    await offer.waitFor();
    await type(page, 'max_parallel: 4\n');
    await page.getByText('Version 1, edited').waitFor();
    await page.reload();
    await offer.getByText('and 1 older').waitFor();
    await offer.getByRole('button', { name: 'Discard' }).click();
    await offer.getByRole('button', { name: 'Restore' }).click();
    await page.locator('.cm-line', { hasText: 'max_parallel: 3' }).waitFor();
    expect(await offer.count()).toBe(0);
    await type(page, '# end\n');
    await page.reload();
    await offer.getByRole('button', { name: 'Restore' }).click();
    await page.locator('.cm-line', { hasText: '# end' }).waitFor();
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

  it('opens a workflow whose name is new', async () => {
    await save(textOf('new', '5'));
    const page = await dashboard.open('/workflows/new', { as: 'alice' });
    await page.getByRole('heading', { name: 'new', exact: true }).waitFor();
    await page.goto(new URL('/workflows', page.url()).href);
    await page.getByRole('button', { name: 'New workflow' }).click();
    await page.getByRole('heading', { name: 'New workflow' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/workflows/~new');
  });

  it('saves a new workflow, and continues with it', async () => {
    const page = await dashboard.open('/workflows/~new', { as: 'alice' });
    await page.getByText('No problems').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog', { name: 'Save my_workflow?' }).getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/\/workflows\/my_workflow\/edit$/);
    await page.getByText('Version 1').waitFor();
  });

  it.each(['light', 'dark'] as const)('can be used by everyone in its %s theme', async (theme) => {
    const page = await dashboard.open('/workflows/~new', { as: 'alice', theme });
    await page.getByText('No problems').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});
