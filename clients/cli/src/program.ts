import { Command, Option } from 'commander';
import { columnsOf } from './frame/context.ts';
import type { Io } from './frame/io.ts';
import type { Verb, VerbGroup } from './frame/verb.ts';
import { OUTPUT_FORMS } from './output/format-rows.ts';
import { wrap } from './output/wrap.ts';

/** A verb of the server that is installed with the command line. It runs without this program, which only lists it. */
export interface ServerVerb {
  readonly name: string;
  readonly description: string;
}

type Perform = (verb: Verb, args: readonly unknown[], command: Command) => Promise<void>;

/** The grammar of the command line. Errors and help are thrown as CommanderError after they have been printed. */
export function createProgram(
  verbs: readonly (Verb | VerbGroup)[],
  io: Io,
  perform: Perform,
  serverVerbs: readonly ServerVerb[] = [],
): Command {
  const program = new Command('signalbox')
    .description('Starts, watches and operates runs of Signalbox.')
    .exitOverride()
    .showHelpAfterError()
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(wrap(text, columnsOf(io.stderr, io.isTty))),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const verb of verbs) {
    if ('verbs' in verb) addGroup(program, verb, perform);
    else addVerb(program, verb, perform);
  }
  const names = new Set<string>();
  for (const { name, description } of serverVerbs) {
    if (names.has(name)) continue;
    names.add(name);
    program.command(name).description(description).helpGroup('Verbs of the server:').helpOption(false);
  }
  return program;
}

function addGroup(program: Command, { name, summary, verbs }: VerbGroup, perform: Perform): void {
  const group = program.command(name).summary(summary).description(summary).helpCommand(false);
  for (const verb of verbs) addVerb(group, verb, perform);
}

function addVerb(parent: Command, verb: Verb, perform: Perform): void {
  const command = parent
    .command(verb.name, { isDefault: verb.name === 'list' })
    .summary(verb.summary)
    .description(verb.summary);
  if (verb.arguments !== undefined) command.arguments(verb.arguments);
  verb.options?.(command);
  command
    .addOption(new Option('-o, --output <form>', 'form of the result').choices(OUTPUT_FORMS).default('table'))
    .option('--profile <profile>', 'profile of the hosts file (SIGNALBOX_PROFILE)')
    .option('--url <url>', 'URL of the server (SIGNALBOX_URL)')
    .action((...words: unknown[]) => perform(verb, words.slice(0, -2), command));
}
