import { type Command, CommanderError } from 'commander';
import { columnsOf, createContext, type GlobalOptions } from './frame/context.ts';
import { type Io, processIo } from './frame/io.ts';
import { type ServerVerbs, toVerbs } from './frame/server-verb.ts';
import type { Verb } from './frame/verb.ts';
import { EXIT, errorText, exitCodeOf } from './output/exit-codes.ts';
import { sanitize } from './output/sanitize.ts';
import { wrap } from './output/wrap.ts';
import { createProgram } from './program.ts';
import { VERBS } from './verbs/verbs.ts';

interface RunOptions {
  readonly io?: Io;
  readonly env?: NodeJS.ProcessEnv;
  /** Those of the server that is installed with the command line. */
  readonly serverVerbs?: ServerVerbs;
  /** Of the package that it is part of, for `--version`. */
  readonly version?: string;
}

/** Runs one command line. Resolves with the exit code; never rejects. Without a verb it prints the help. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<number> {
  const { io = processIo(), env = process.env, serverVerbs = [], version } = options;
  // A reader such as `head` that has seen enough is no failure.
  io.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? EXIT.success : EXIT.failed),
  );
  const interruption = new AbortController();
  const interrupt = () => {
    // What follows replaces the ^C that the terminal shows.
    if (io.isTty(io.stderr)) io.stderr.write('\r');
    interruption.abort();
  };
  process.once('SIGINT', interrupt);
  let code: number = EXIT.success;
  let shownBy: string | undefined;
  const say = (text: string) => void io.stderr.write(`${wrap(sanitize(text), columnsOf(io.stderr, io.isTty))}\n`);
  const perform = async (verb: Verb, args: readonly unknown[], command: Command) => {
    const values = command.opts();
    ({ shownBy } = verb);
    const { context, close } = createContext(io, env, values as unknown as GlobalOptions, interruption.signal);
    try {
      code = (await (await verb.load()).run(context, args, values, program)) ?? EXIT.success;
    } finally {
      await close();
    }
  };
  const program = createProgram(VERBS, io, perform, toVerbs(serverVerbs));
  if (version !== undefined) program.version(version, '-V, --version', 'print the version');
  try {
    await program.parseAsync(argv.length > 0 ? argv : ['--help'], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
    if (interruption.signal.aborted) {
      say(shownBy === undefined ? 'Interrupted.' : `Interrupted. The server may have done it: ${shownBy} tells.`);
      return EXIT.interrupted;
    }
    const text = errorText(error);
    if (text !== '') say(text);
    return exitCodeOf(error);
  } finally {
    process.off('SIGINT', interrupt);
  }
}
