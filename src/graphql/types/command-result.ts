import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { isRefused } from '../refusable.ts';
import { CommandOutcome } from './command-outcome.ts';
import { Refusal } from './refusal.ts';

export const CommandResult = builder.unionType('CommandResult', {
  description: 'What came of a command, or why it was not begun.',
  types: [CommandOutcome, Refusal],
  resolveType: (value) => (isRefused(value) ? 'Refusal' : 'CommandOutcome'),
});
