import type { Command } from 'commander';

/** The options of verbs that take inputs. */
export function withInputs(command: Command): Command {
  return command
    .option('--input <name=value...>', 'inputs; a value is JSON or text, or @FILE that holds it')
    .option('--inputs <file>', 'file of all inputs, YAML or JSON; - for standard input');
}

export function withLabels(command: Command): Command {
  return command.option('--label <name=value...>', 'labels, for filters');
}
