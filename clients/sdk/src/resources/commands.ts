import {
  COMMANDS,
  type CommandInputs,
  type OutcomePartsFragment,
  OutcomePartsFragmentDoc,
  type RefusalPartsFragment,
  RefusalPartsFragmentDoc,
} from '../generated/graphql.ts';
import { unwrap } from '../transport/signalbox-error.ts';
import type { CallOptions } from '../transport/transport.ts';
import { type CallContext, sendRepeatedly, withKey } from './call-context.ts';

/** Result of a command: its run, which may have failed, and the resource that it made. */
export type CommandOutcome = OutcomePartsFragment;

type CommandName = keyof CommandInputs;

/**
 * A method for each command. It is repeated after lost connections, UNAVAILABLE and THROTTLED with the same idempotency
 * key, so the command runs once. @throws SignalboxError also when it is refused
 */
export type Commands = {
  readonly [Name in CommandName]: (input: CommandInputs[Name], options?: CallOptions) => Promise<CommandOutcome>;
};

export function createCommands(ctx: CallContext): Commands {
  return Object.fromEntries(COMMANDS.map((name) => [name, createCommand(ctx, name)])) as Commands;
}

function createCommand(ctx: CallContext, name: CommandName) {
  const inputType = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
  const text = `mutation($input:${inputType}){${name}(input:$input){...OutcomeParts ...RefusalParts}}${OutcomePartsFragmentDoc}${RefusalPartsFragmentDoc}`;
  return (given: CommandInputs[CommandName], options?: CallOptions) => {
    const input = withKey(given);
    return sendRepeatedly(ctx, options, async () => {
      const data = (await ctx.request(text, { input }, options)) as Record<
        string,
        CommandOutcome | RefusalPartsFragment
      >;
      return unwrap(data[name] as CommandOutcome | RefusalPartsFragment);
    });
  };
}
