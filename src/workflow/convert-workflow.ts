import { stringify } from 'yaml';
import { canonicalJson, type JsonObject } from '../lib/json.ts';
import { otherForm } from './forms/other-form.ts';
import { toDag } from './forms/to-dag.ts';
import type { Catalog } from './model/catalog.ts';
import { createProblems } from './model/problems.ts';
import type { Problem, WorkflowDocument } from './model/workflow-document.ts';
import { readSource, type WorkflowSource } from './read-source.ts';
import { readWorkflow } from './read-workflow.ts';

/** The forms that a workflow is written in. */
export type WorkflowForm = 'NATIVE' | 'DAG_JSON';

/** There is a text unless a problem is an ERROR. */
export interface ConvertedWorkflow {
  readonly text?: string;
  readonly problems: readonly Problem[];
}

/**
 * A workflow of any form in another form, with the same steps: native as YAML, DAG-JSON as JSON. A document that already has the form
 * keeps its text. What the form cannot express is an ERROR at its place in the source.
 */
export function convertWorkflow(source: WorkflowSource, form: WorkflowForm, catalog: Catalog): ConvertedWorkflow {
  const { document, problems } = readWorkflow(source, catalog);
  if (!document) return { problems };
  const { value, yaml, locate } = readSource(source);
  const ignored = createProblems(() => undefined);
  const other = otherForm(value as JsonObject, catalog, ignored);
  if (form === 'NATIVE') {
    if (!other) return { text: yaml, problems };
    return { text: stringify(other.document, { lineWidth: 0, aliasDuplicateObjects: false }), problems };
  }
  if (value && 'nodes' in value) {
    return { text: 'text' in source ? source.text : jsonText(value), problems };
  }
  const found = createProblems(other ? () => undefined : locate);
  const dag = toDag(other?.document ?? (value as JsonObject), found);
  if (!found.failed()) reportChanges(document, dag, catalog, found);
  const all = [...problems, ...found.list()];
  return found.failed() ? { problems: all } : { text: jsonText(dag), problems: all };
}

/** Reads the result: a step that would do something else than that of the source is a problem. */
function reportChanges(
  document: WorkflowDocument,
  dag: JsonObject,
  catalog: Catalog,
  found: ReturnType<typeof createProblems>,
): void {
  const read = readWorkflow({ document: dag }, catalog);
  for (const { severity, message } of read.problems) if (severity === 'ERROR') found.error(message, []);
  if (!read.document) return;
  for (const [i, step] of document.steps.entries()) {
    if (textOf(step) === textOf(read.document.steps[i])) continue;
    const message = `Step ${step.key} would be another step in DAG-JSON: its input or its dependencies cannot be written there.`;
    found.error(message, ['steps', i], { step: step.key });
  }
}

/** Equal for equal steps, whatever the order of their keys. */
function textOf(step: unknown): string {
  return canonicalJson(JSON.parse(JSON.stringify(step ?? null)));
}

function jsonText(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
