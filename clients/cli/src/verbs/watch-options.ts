import { type Command, Option } from 'commander';

/** The options of verbs that can follow the run that they are about. */
export function withWatch(command: Command): Command {
  const progress = new Option('--progress <form>', 'how it is shown: in place, a line for each event, or not');
  return command
    .option('-w, --watch', 'show the run until it has ended')
    .addOption(progress.choices(['tty', 'plain', 'none']));
}
