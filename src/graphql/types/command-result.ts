import { Fault } from '../../core/errors.ts';
import { builder } from '../builder.ts';
import { CommandOutcome } from './command-outcome.ts';
import { Refusal } from './refusal.ts';

export const CommandResult = builder.unionType('CommandResult', {
  description: 'What came of a command, or why it was not begun.',
  types: [CommandOutcome, Refusal],
  resolveType: (value) => (value instanceof Fault ? 'Refusal' : 'CommandOutcome'),
});
