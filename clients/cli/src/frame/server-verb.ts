import { Option } from 'commander';
import type { Context } from './context.ts';
import type { Verb, VerbGroup } from './verb.ts';

type Run = (
  ctx: Context,
  args: readonly (string | undefined)[],
  options: Readonly<Record<string, unknown>>,
) => Promise<number | undefined>;

/** A verb of the server that is installed with the command line. It needs no connection. */
interface ServerVerb extends Pick<Verb, 'name' | 'arguments' | 'summary'> {
  readonly options?: readonly { readonly flags: string; readonly description: string; readonly required?: true }[];
  readonly isAlone?: true;
  load(): Promise<Run>;
}

interface ServerVerbGroup extends Pick<VerbGroup, 'name' | 'summary' | 'byDefault'> {
  readonly verbs: readonly ServerVerb[];
}

export type ServerVerbs = readonly (ServerVerb | ServerVerbGroup)[];

/** The server verbs as verbs of the command line. */
export function toVerbs(verbs: ServerVerbs): readonly (Verb | VerbGroup)[] {
  return verbs.map((entry) => ('verbs' in entry ? { ...entry, verbs: entry.verbs.map(toVerb) } : toVerb(entry)));
}

function toVerb({ options = [], isAlone, load, ...verb }: ServerVerb): Verb {
  return {
    ...verb,
    isLocal: true,
    ...(isAlone && { isAlone }),
    options: (command) =>
      options.reduce(
        (extended, { flags, description, required = false }) =>
          extended.addOption(new Option(flags, description).makeOptionMandatory(required)),
        command,
      ),
    load: async () => {
      const run = await load();
      return { run: (ctx, args, values) => run(ctx, args as readonly (string | undefined)[], values) };
    },
  };
}
