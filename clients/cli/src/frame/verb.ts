import type { Command } from 'commander';
import type { Context } from './context.ts';

/** What a verb does, in a program whose grammar it may read. Resolves with the exit code; default 0. */
interface VerbModule {
  run(
    ctx: Context,
    args: readonly unknown[],
    options: Readonly<Record<string, unknown>>,
    program: Command,
  ): Promise<number | undefined>;
}

/** A verb of the command line. */
export interface Verb {
  readonly name: string;
  /** Its arguments as Commander writes them: `<id> [file]`. */
  readonly arguments?: string;
  readonly summary: string;
  /** Of a verb that changes something: the command that shows whether it did before ^C. */
  readonly shownBy?: string;
  options?(command: Command): Command;
  /** It connects to no server. */
  readonly isLocal?: true;
  /** It prints no data. */
  readonly isAlone?: true;
  /** Imports what it does. The help and other verbs do not load it. */
  load(): Promise<VerbModule>;
}

/** Verbs with a name in front of theirs: `workers drain`. */
export interface VerbGroup {
  readonly name: string;
  readonly summary: string;
  /** The verb that the group alone stands for. Default: `list`. */
  readonly byDefault?: string;
  readonly verbs: readonly Verb[];
}
