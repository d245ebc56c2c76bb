import { builder } from '../builder.ts';
import { isRefused } from '../refusable.ts';
import { Run } from './refs.ts';
import { Refusal } from './refusal.ts';

export const RunResult = builder.unionType('RunResult', {
  description: 'A run, or why nothing was done.',
  types: [Run, Refusal],
  resolveType: (value) => (isRefused(value) ? 'Refusal' : 'Run'),
});
