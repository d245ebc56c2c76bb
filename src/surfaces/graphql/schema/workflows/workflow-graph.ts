import type { WorkflowGraph as Graph } from '../../../../workflow/model/workflow-document.ts';
import { builder } from '../builder/builder.ts';
import { StepKind } from '../steps/step-kind.ts';

export const GraphNode = builder.objectRef<Graph['nodes'][number]>('GraphNode').implement({
  description: 'One step of a workflow, to draw.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Its name, unique in the workflow.' }),
    kind: t.expose('kind', { type: StepKind, description: 'What kind of thing it does.' }),
    title: t.exposeString('title', { description: 'What it does, for people.' }),
  }),
});

export const GraphEdge = builder.objectRef<Graph['edges'][number]>('GraphEdge').implement({
  description: 'That one step needs another.',
  fields: (t) => ({
    from: t.exposeString('from', { description: 'Key of the step that is needed.' }),
    to: t.exposeString('to', { description: 'Key of the step that needs it.' }),
  }),
});

export const WorkflowGraph = builder.objectRef<Graph>('WorkflowGraph').implement({
  description: 'The steps of a workflow and what they need, to draw. It has no circles.',
  fields: (t) => ({
    nodes: t.field({
      type: [GraphNode],
      description: 'Its steps, in the order of the document.',
      resolve: ({ nodes }) => [...nodes],
    }),
    edges: t.field({
      type: [GraphEdge],
      description: 'From each step that is needed to each that needs it.',
      resolve: ({ edges }) => [...edges],
    }),
  }),
});
