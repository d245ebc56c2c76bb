import type { Argument, Command, Option } from 'commander';

/** Where the last word of a command line stands in the grammar. */
export interface Position {
  /** The verb before it, or the program. */
  readonly command: Command;
  /** The words before it that are neither verbs nor options, such as IDs. */
  readonly operands: readonly string[];
  /** Values of the options before it, by the attribute of the option. */
  readonly values: ReadonlyMap<string, string>;
  /** The option whose value it is. */
  readonly option?: Option;
  /** An option before it that the grammar does not know. */
  readonly unknownOption?: string;
  /** The argument that it is, unless it is an option. */
  readonly argument?: Argument;
  /** What stands in front of the value in the same word: `--option=`. */
  readonly prefix: string;
  /** The word as far as it is typed, without the prefix. */
  readonly current: string;
}

/** Finds the position of the last word. The words before it need not be valid. */
export function findPosition(program: Command, words: readonly string[]): Position {
  let command = program;
  let option: Option | undefined;
  let unknownOption: string | undefined;
  let isLiteral = false;
  const operands: string[] = [];
  const values = new Map<string, string>();
  for (const word of words.slice(0, -1)) {
    unknownOption = undefined;
    const isOption = !isLiteral && word.length > 1 && word.startsWith('-');
    if (option && !isOption) {
      values.set(option.attributeName(), word);
      if (!option.variadic) option = undefined;
      continue;
    }
    option = undefined;
    if (isOption) {
      isLiteral = word === '--';
      const { flag, value } = splitOption(word);
      const known = optionsOf(command).find(({ short, long }) => flag === short || flag === long);
      if (known && value !== undefined) values.set(known.attributeName(), value);
      else if (known && takesValue(known)) option = known;
      else if (!known && value === undefined) unknownOption = word;
      continue;
    }
    const verb = operands.length === 0 ? command.commands.find((child) => child.name() === word) : undefined;
    if (verb) command = verb;
    else operands.push(word);
  }
  const word = words.at(-1) ?? '';
  const rest = { command, operands, values };
  if (option && !word.startsWith('-')) return { ...rest, option, prefix: '', current: word };
  if (!isLiteral && word.startsWith('-')) {
    const { flag, value } = splitOption(word);
    const known = optionsOf(command).find(({ long }) => flag === long);
    if (value === undefined) return { ...rest, prefix: '', current: word };
    return {
      ...rest,
      ...(known ? { option: known } : { unknownOption: flag }),
      prefix: `${flag}=`,
      current: value,
    };
  }
  const { registeredArguments } = leafOf(command);
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[operands.length] ?? (last?.variadic ? last : undefined);
  return { ...rest, ...(unknownOption && { unknownOption }), ...(argument && { argument }), prefix: '', current: word };
}

/** The options of a verb as its help lists them; those of a group are the options of its list. */
export function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(leafOf(command));
}

/** A group alone is its list. */
function leafOf(command: Command): Command {
  return command.commands.find((child) => child.name() === 'list') ?? command;
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function splitOption(word: string): { readonly flag: string; readonly value?: string } {
  const at = word.indexOf('=');
  return at < 0 || !word.startsWith('--') ? { flag: word } : { flag: word.slice(0, at), value: word.slice(at + 1) };
}
