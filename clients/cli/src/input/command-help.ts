import { Command, Option } from 'commander';
import { sanitize } from '../output/sanitize.ts';
import { type CommandSchema, flagsOf } from './command-options.ts';

interface CommandDescription {
  readonly name: string;
  readonly description: string;
  readonly options: CommandSchema;
}

/** Prints how a command is called, by the JSON Schema of its options, where and as the program prints its help. */
export function printCommandHelp(verb: Command, { name, description, options }: CommandDescription): void {
  const flags = flagsOf(options);
  const source = flags.find(({ property }) => property === 'source');
  const uri = source && (source.isRequired ? '<uri>' : '[uri]');
  const help = new Command(`signalbox ${verb.name()} ${name}`)
    .copyInheritedSettings(verb)
    .description(sanitize(description))
    .helpOption(false);
  if (uri) help.argument(uri, `what it reads; - for standard input. --source takes a text or bytes, as JSON`);
  for (const flag of flags) if (flag !== source) help.addOption(optionOf(flag));
  for (const option of verb.options.filter(({ long }) => long !== '--help')) help.addOption(option);
  help.outputHelp();
}

function optionOf({
  flag,
  type,
  description,
  choices,
  default: value,
  isRequired,
}: ReturnType<typeof flagsOf>[number]) {
  const text = `${isRequired ? '(required) ' : ''}${sanitize(description)}`;
  if (type === 'boolean' && value === true)
    return new Option(flag.replace('--', '--no-'), `Switches this off: ${text}`);
  if (type === 'boolean') return new Option(flag, text);
  const option = new Option(`${flag} <${PLACEHOLDERS[String(type)] ?? 'json'}>`, text);
  if (choices.length > 0) option.choices(choices);
  return value === undefined ? option : option.default(value);
}

/** What is typed for a value of a type of JSON Schema. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  array: 'item...',
};
