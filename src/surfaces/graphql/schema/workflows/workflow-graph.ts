import type { WorkflowGraph as Graph } from '../../../../workflow/model/workflow-document.ts';
import { builder } from '../builder/builder.ts';
import { StepKind } from '../steps/step-kind.ts';

const GraphNode = builder.objectRef<Graph['nodes'][number]>('GraphNode').implement({
  description: 'One step of a workflow graph.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Key of the step, unique in the workflow.' }),
    kind: t.expose('kind', { type: StepKind, description: 'Kind of the step.' }),
    title: t.exposeString('title', { description: 'Title, for people.' }),
  }),
});

const GraphEdge = builder.objectRef<Graph['edges'][number]>('GraphEdge').implement({
  description: 'A dependency between two steps.',
  fields: (t) => ({
    from: t.exposeString('from', { description: 'Key of the step that must end first.' }),
    to: t.exposeString('to', { description: 'Key of the step that depends on it.' }),
  }),
});

export const WorkflowGraph = builder.objectRef<Graph>('WorkflowGraph').implement({
  description: 'The steps of a workflow and their dependencies, for drawing. It has no cycles.',
  fields: (t) => ({
    nodes: t.field({
      type: [GraphNode],
      description: 'Steps, in the order of the document.',
      resolve: ({ nodes }) => [...nodes],
    }),
    edges: t.field({
      type: [GraphEdge],
      description: 'Dependencies.',
      resolve: ({ edges }) => [...edges],
    }),
  }),
});
