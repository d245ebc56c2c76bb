import type { Command } from 'commander';
import { findPosition, optionsOf, type Position } from './position.ts';

/** A word that can stand at the end of a command line. */
export interface Suggestion {
  readonly value: string;
  readonly description?: string;
}

export interface Suggestions {
  readonly words: readonly Suggestion[];
  /** Whether names of files can stand there too. */
  readonly files: boolean;
}

/** Finds the values of a placeholder of the grammar, such as `run` of `<run...>`. */
export type FindValues = (placeholder: string, position: Position) => Promise<readonly Suggestion[]>;

/** Placeholders that stand for files, possibly in addition to something else. */
const FILES: ReadonlySet<string> = new Set(['file', 'folder', 'document', 'file|version']);

/** What can stand in place of the last word, of which the beginning may be typed. */
export async function suggest(
  program: Command,
  words: readonly string[],
  findValues: FindValues,
): Promise<Suggestions> {
  const position = findPosition(program, words);
  const { prefix, current } = position;
  const candidates = await candidatesOf(position, findValues);
  const typed = candidates.filter(({ value }) => value.startsWith(current));
  return {
    words: typed.map((candidate) => ({ ...candidate, value: prefix + candidate.value })),
    files: FILES.has(placeholderOf(position) ?? ''),
  };
}

async function candidatesOf(position: Position, findValues: FindValues): Promise<readonly Suggestion[]> {
  const { command, option, unknownOption, argument, operands, current } = position;
  const choices = option?.argChoices ?? argument?.argChoices;
  if (choices) return choices.map((value) => ({ value }));
  const placeholder = placeholderOf(position);
  if (option || unknownOption !== undefined) return findValues(option ? (placeholder ?? '') : 'unknown', position);
  if (current.startsWith('-')) {
    const flags = optionsOf(command).map(({ long, short, description }) => ({
      value: long ?? short ?? '',
      description,
    }));
    return [...flags, ...(await findValues('option', position))];
  }
  const verbs = operands.length > 0 ? [] : command.createHelp().visibleCommands(command);
  const values = placeholder === undefined ? [] : await findValues(placeholder, position);
  return [
    ...verbs.map((verb) => ({ value: verb.name(), description: verb.summary() || verb.description() })),
    ...values,
  ];
}

function placeholderOf({ option, argument }: Position): string | undefined {
  return option ? /[<[]([^\]>.]+)/.exec(option.flags)?.[1] : argument?.name();
}
