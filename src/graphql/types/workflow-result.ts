import { builder } from '../builder.ts';
import { isRefused } from '../refusable.ts';
import { Workflow } from './refs.ts';
import { Refusal } from './refusal.ts';

export const WorkflowResult = builder.unionType('WorkflowResult', {
  description: 'A saved workflow, or why nothing was done.',
  types: [Workflow, Refusal],
  resolveType: (value) => (isRefused(value) ? 'Refusal' : 'Workflow'),
});
