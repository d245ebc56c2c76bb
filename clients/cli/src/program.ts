import type { Writable } from 'node:stream';
import { Command, Option } from 'commander';
import { columnsOf } from './frame/context.ts';
import { HELP_LAYOUT } from './frame/help-layout.ts';
import type { Io } from './frame/io.ts';
import type { Verb, VerbGroup } from './frame/verb.ts';
import { OUTPUT_FORMS } from './output/format-rows.ts';
import { wrap } from './output/wrap.ts';

/** Columns of the help in a pipe or a file. */
const PIPE_COLUMNS = 80;

type Perform = (verb: Verb, args: readonly unknown[], command: Command) => Promise<void>;

/** The grammar of the command line. Errors and help are thrown as CommanderError after they have been printed. */
export function createProgram(
  verbs: readonly (Verb | VerbGroup)[],
  io: Io,
  perform: Perform,
  serverVerbs: readonly (Verb | VerbGroup)[] = [],
): Command {
  const widthOf = (stream: Writable) => (io.isTty(stream) ? columnsOf(stream, io.isTty) : PIPE_COLUMNS);
  const program = new Command('signalbox')
    .description('Starts, watches and operates runs of Signalbox.')
    .exitOverride()
    .showHelpAfterError()
    .helpCommand(false)
    // Options of a verb may have the names of those of the program.
    .enablePositionalOptions()
    .configureHelp({ ...HELP_LAYOUT, subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(wrap(text, columnsOf(io.stderr, io.isTty))),
      getOutHelpWidth: () => widthOf(io.stdout),
      getErrHelpWidth: () => widthOf(io.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const verb of verbs) add(program, verb, perform);
  for (const verb of serverVerbs) add(program, verb, perform).helpGroup('Verbs of the server:');
  return program;
}

function add(program: Command, verb: Verb | VerbGroup, perform: Perform): Command {
  return 'verbs' in verb ? addGroup(program, verb, perform) : addVerb(program, verb, perform);
}

function addGroup(program: Command, group: VerbGroup, perform: Perform): Command {
  const { name, summary, byDefault = 'list', verbs } = group;
  const command = program.command(name).summary(summary).description(summary).helpCommand(false);
  for (const verb of verbs) addVerb(command, verb, perform, verb.name === byDefault);
  return command;
}

function addVerb(parent: Command, verb: Verb, perform: Perform, isDefault = false): Command {
  const command = parent.command(verb.name, { isDefault }).summary(verb.summary).description(verb.summary);
  if (verb.arguments !== undefined) command.arguments(verb.arguments);
  verb.options?.(command);
  if (!verb.isAlone)
    command.addOption(new Option('-o, --output <form>', 'form of the result').choices(OUTPUT_FORMS).default('table'));
  if (!verb.isLocal)
    command
      .option('--profile <profile>', 'profile of the hosts file (SIGNALBOX_PROFILE)')
      .option('--url <url>', 'URL of the server (SIGNALBOX_URL)');
  const isGroup = isDefault && verb.arguments === undefined;
  if (isGroup) command.allowExcessArguments();
  return command.action((...words: unknown[]) => {
    if (isGroup && command.args.length > 0) rejectVerb(parent, command.args);
    return perform(verb, words.slice(0, -2), command);
  });
}

/** Fails as a group without a default does: with the verbs that exist, and one with a similar name. */
function rejectVerb(group: Command, words: readonly string[]): void {
  const plain = new Command(`signalbox ${group.name()}`).copyInheritedSettings(group).helpCommand(false);
  plain.description(group.description());
  for (const verb of group.commands) plain.addCommand(verb);
  plain.parse(words, { from: 'user' });
}
