import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { StepKind } from '../../surfaces/graphql/schema/steps/step-kind.ts';
import type { WorkflowGraph as Graph } from '../../workflow/model/workflow-document.ts';

export const GraphNode = builder.objectRef<Graph['nodes'][number]>('GraphNode').implement({
  description: 'One step of a workflow, to draw.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Its name, unique in the workflow.' }),
    kind: t.expose('kind', { type: StepKind, description: 'What kind of thing it does.' }),
    title: t.exposeString('title', { description: 'What it does, for people.' }),
  }),
});
