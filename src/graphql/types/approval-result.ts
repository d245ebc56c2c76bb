import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Approval } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { isRefused } from '../refusable.ts';
import { Refusal } from './refusal.ts';

export const ApprovalResult = builder.unionType('ApprovalResult', {
  description: 'An approval that was decided, or why it was not.',
  types: [Approval, Refusal],
  resolveType: (value) => (isRefused(value) ? 'Refusal' : 'Approval'),
});
