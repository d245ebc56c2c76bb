import type { WorkflowGraph } from '../../workflow/model/workflow-document.ts';
import { builder } from '../builder.ts';

export const GraphEdge = builder.objectRef<WorkflowGraph['edges'][number]>('GraphEdge').implement({
  description: 'That one step needs another.',
  fields: (t) => ({
    from: t.exposeString('from', { description: 'Key of the step that is needed.' }),
    to: t.exposeString('to', { description: 'Key of the step that needs it.' }),
  }),
});
