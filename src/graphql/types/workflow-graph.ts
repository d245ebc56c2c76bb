import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import type { WorkflowGraph as Graph } from '../../workflow/model/workflow-document.ts';
import { GraphEdge } from './graph-edge.ts';
import { GraphNode } from './graph-node.ts';

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
