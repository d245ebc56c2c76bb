import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import type { WorkflowGraph as Graph } from '../../workflow/model/workflow-document.ts';

export const GraphEdge = builder.objectRef<Graph['edges'][number]>('GraphEdge').implement({
  description: 'That one step needs another.',
  fields: (t) => ({
    from: t.exposeString('from', { description: 'Key of the step that is needed.' }),
    to: t.exposeString('to', { description: 'Key of the step that needs it.' }),
  }),
});
