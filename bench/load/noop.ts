import { type TObject, Type } from 'typebox';
import { defineCommand } from '../../src/commands/definition/define-command.ts';

/** A command that does nothing: the cost of its steps is the cost of steps. It can be a plugin of a server. */
export const noop = defineCommand({
  name: 'noop',
  title: 'Nothing',
  description: 'Does nothing.',
  effect: 'pure',
  options: Type.Object({}) as TObject,
  run: async () => ({ mediaType: 'application/json', content: 'null' }),
});

/** Three steps in sequence that do nothing. */
export const THREE_STEPS = `name: three-steps
steps:
  - { id: one, kind: command, command: noop, input: {} }
  - { id: two, kind: command, command: noop, depends_on: [one], input: {} }
  - { id: three, kind: command, command: noop, depends_on: [two], input: {} }
`;
