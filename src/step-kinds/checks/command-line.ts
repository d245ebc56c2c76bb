import { Fault } from '../../core/errors.ts';
import { CHECK_NAMES, type CheckName } from '../stacks/manifest.ts';

/** One check to run: a check of this server with its arguments, or a program that this server does not have. */
export interface CheckRequest {
  readonly tool: string;
  /** Undefined for a program that is not a check of this server. */
  readonly check?: CheckName;
  /** As written; absent for a check of the stack. */
  readonly command?: string;
  readonly args: readonly string[];
}

export const MAX_COMMANDS = 20;
export const MAX_COMMAND_CHARS = 500;

/** Command lines that are the same as a check, as far as they begin like this. */
const OTHER_NAMES: readonly (readonly [readonly string[], CheckName])[] = [
  [['ruff', 'check'], 'ruff'],
  [['compileall'], 'compile'],
  [['node', '--test'], 'node_test'],
];
/** These take no arguments: they always concern all files. */
const WHOLE_CHECKS: readonly CheckName[] = ['ruff', 'compile', 'node_test'];
/** What a shell would interpret outside quotes. No shell runs here. */
const SHELL_SYNTAX = /[;|&<>$`\\(){}*?#\p{Cc}]/u;
const QUOTED = /"[^"$`\\\p{Cc}]*"|'[^'\p{Cc}]*'/gu;
const WORD = /(?:"[^"]*"|'[^']*'|[^\s"'])+/g;
const PYTHON_MODULE = /^python(?:3(?:\.\d+)?)?$/;

/**
 * Reads a command line such as `pytest -q` or `python -m unittest`. A bare name of a check is one too.
 * @throws Fault BAD_INPUT for shell syntax, and for arguments of a check that takes none
 */
export function parseCommandLine(command: string, i: number): CheckRequest {
  const words = wordsOf(command, i);
  const written = PYTHON_MODULE.test(words[0] ?? '') && words[1] === '-m' ? words.slice(2) : words;
  const other = OTHER_NAMES.find(([prefix]) => prefix.every((word, at) => written[at] === word));
  const [tool = '', ...rest] = other ? [other[1], ...written.slice(other[0].length)] : written;
  if (tool === '') throw refused(i, command, 'names no program. Write a program with its arguments');
  const check = CHECK_NAMES.find((name) => name === tool);
  if (check === undefined) return { tool, command, args: rest };
  const args = WHOLE_CHECKS.includes(check) && rest.every((arg) => arg === '.') ? [] : rest;
  if (WHOLE_CHECKS.includes(check) && args.length > 0) {
    const why = `has arguments, but ${check} always checks all files with its default rules. Write \`${check}\` alone`;
    throw refused(i, command, why);
  }
  return { tool, check, command, args };
}

function wordsOf(command: string, i: number): readonly string[] {
  const unquoted = command.replaceAll(QUOTED, '');
  const [syntax] = SHELL_SYNTAX.exec(unquoted) ?? [];
  if (syntax !== undefined) {
    const why = `contains ${JSON.stringify(syntax)}, but no shell runs it. Write one program with its arguments for each entry`;
    throw refused(i, command, why);
  }
  if (/["']/.test(unquoted)) throw refused(i, command, 'has an unclosed quote. Close it');
  const words = [...command.matchAll(WORD)].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  if (/^\w+=/.test(words[0] ?? '')) throw refused(i, command, 'sets a variable. Begin with the program');
  return words;
}

function refused(i: number, command: string, why: string): Fault {
  const message = `commands[${i}] ${JSON.stringify(command.slice(0, 100))} ${why}.`;
  return new Fault('BAD_INPUT', message, { path: ['commands', String(i)] });
}
