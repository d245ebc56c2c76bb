import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Run } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { isRefused } from '../refusable.ts';
import { Refusal } from './refusal.ts';

export const RunResult = builder.unionType('RunResult', {
  description: 'A run, or why nothing was done.',
  types: [Run, Refusal],
  resolveType: (value) => (isRefused(value) ? 'Refusal' : 'Run'),
});
