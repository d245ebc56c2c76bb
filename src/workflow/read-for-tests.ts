import type { Json, JsonObject } from '../core/json.ts';
import { catalogForTests } from './catalog-for-tests.ts';
import type { Plan } from './model/workflow-document.ts';
import { readWorkflow } from './read-workflow.ts';

/** What is wrong with a document, one problem a line. */
export function problemsOf(document: Json): string {
  const { problems } = readWorkflow({ document }, catalogForTests);
  return problems.map(({ severity, message }) => `${severity} ${message}`).join('\n');
}

/** The steps that a document without problems comes to, without their ids. */
export function stepsOf(document: Json, inputs: JsonObject = {}): readonly Omit<Plan['steps'][number], 'id'>[] {
  const { document: found, problems } = readWorkflow({ document }, catalogForTests);
  if (!found) throw new Error(JSON.stringify(problems));
  return found.compile(inputs).steps.map(({ id: _, ...step }) => step);
}
