import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Dashboard } from './open-dashboard.ts';

const SAVE =
  'mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) { __typename ... on Refusal { message } } }';

/** A workflow of one step. */
export const textOf = (name: string, ms: string) =>
  `# A comment.\nname: ${name}\ninputs:\n  ms: { type: integer, default: 1 }\nsteps:\n  - id: rest\n    kind: sleep\n    input: { ms: ${ms} }\n`;

export async function saveText(dashboard: Dashboard, yaml: string): Promise<void> {
  const { saveWorkflow } = await dashboard.ask('alice', SAVE, { input: { source: { yaml } } });
  expect(saveWorkflow).toEqual({ __typename: 'Workflow' });
}

/** Opens a workflow of this name, saved for this test. */
export async function openEditor(dashboard: Dashboard, name: string): Promise<Page> {
  await saveText(dashboard, textOf(name, '5'));
  const page = await dashboard.open(`/workflows/${name}/edit`, { as: 'alice' });
  await page.getByText('No problems').waitFor();
  return page;
}

/** A step in the list of steps. */
export const listed = (page: Page, name: RegExp) =>
  page.getByRole('list', { name: 'Steps' }).getByRole('button', { name });

export const text = (page: Page) => page.getByRole('textbox', { name: 'Text of the workflow' });

/** Puts something at the end of the text. */
export async function type(page: Page, typed: string): Promise<void> {
  await text(page).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(typed);
}
