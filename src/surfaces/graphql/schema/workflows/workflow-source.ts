import type { WorkflowSource as Source } from '../../../../engine/requests/engine.ts';
import { builder } from '../builder/builder.ts';

export const WorkflowSource = builder.inputType('WorkflowSource', {
  description: 'A workflow: exactly one of the four.',
  isOneOf: true,
  fields: (t) => ({
    name: t.string({ description: 'Name of a saved workflow, in its newest version.' }),
    yaml: t.string({ description: 'Text of the workflow, YAML or JSON, in any form.' }),
    document: t.field({ type: 'JSON', description: 'The document as a JSON value.' }),
    uri: t.field({
      type: 'URI',
      description: 'URI of its text, which is read under the policy for `query:resources`.',
    }),
  }),
});

type WorkflowSourceInput = typeof WorkflowSource.$inferInput;

/** The input in the form of the engine. */
export function toWorkflowSource({ name, yaml, document, uri }: WorkflowSourceInput): Source {
  if (name != null) return { name };
  if (yaml != null) return { yaml };
  if (uri != null) return { uri };
  return { document: document ?? null };
}
