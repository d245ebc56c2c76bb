import type { AnyCommand } from '../commands/define-command.ts';
import { Fault } from '../core/errors.ts';

export type Commands = ReadonlyMap<string, AnyCommand>;

/** @throws Fault NOT_FOUND */
export function findCommand(commands: Commands, name: string, path: readonly string[]): AnyCommand {
  const command = commands.get(name);
  if (command) return command;
  throw new Fault('NOT_FOUND', `There is no command ${name}. There are: ${[...commands.keys()].join(', ')}.`, { path });
}
