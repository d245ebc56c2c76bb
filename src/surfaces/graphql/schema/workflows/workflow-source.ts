import type { WorkflowSource as Source } from '../../../../engine/requests/engine.ts';
import { builder } from '../builder/builder.ts';

export const WorkflowSource = builder.inputType('WorkflowSource', {
  description: 'Where a workflow comes from: exactly one of the four.',
  isOneOf: true,
  fields: (t) => ({
    name: t.string({ description: 'The newest version of a saved one.' }),
    yaml: t.string({ description: 'Its text, YAML or JSON, in any of the three forms.' }),
    document: t.field({ type: 'JSON', description: 'The same as a value.' }),
    uri: t.field({ type: 'URI', description: 'Where its text is read, under the policy for `query:resources`.' }),
  }),
});

type WorkflowSourceInput = typeof WorkflowSource.$inferInput;

/** As the engine takes it. */
export function toWorkflowSource({ name, yaml, document, uri }: WorkflowSourceInput): Source {
  if (name != null) return { name };
  if (yaml != null) return { yaml };
  if (uri != null) return { uri };
  return { document: document ?? null };
}
