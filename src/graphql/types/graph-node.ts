import type { WorkflowGraph } from '../../workflow/model/workflow-document.ts';
import { builder } from '../builder.ts';
import { StepKind } from './step-kind.ts';

export const GraphNode = builder.objectRef<WorkflowGraph['nodes'][number]>('GraphNode').implement({
  description: 'One step of a workflow, to draw.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Its name, unique in the workflow.' }),
    kind: t.expose('kind', { type: StepKind, description: 'What kind of thing it does.' }),
    title: t.exposeString('title', { description: 'What it does, for people.' }),
  }),
});
