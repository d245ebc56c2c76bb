import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Workflow } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { isRefused } from '../refusable.ts';
import { Refusal } from './refusal.ts';

export const WorkflowResult = builder.unionType('WorkflowResult', {
  description: 'A saved workflow, or why nothing was done.',
  types: [Workflow, Refusal],
  resolveType: (value) => (isRefused(value) ? 'Refusal' : 'Workflow'),
});
