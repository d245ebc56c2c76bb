import { Fault } from '../core/errors.ts';
import { matchStars } from './wildcard.ts';

const ACTION = /^(?:\*|exec|(?:command|query|tool):[A-Za-z0-9_.*-]{1,128})$/;

/**
 * Checks a rule's action: `command:NAME`, `query:NAME`, `tool:NAME`, `exec`, or `*` for all. NAME may hold `*`.
 * @param known every action that can be asked; a name without `*` must be one of them.
 * @throws Fault BAD_INPUT
 */
export function parseAction(text: string, known?: readonly string[]): string {
  if (!ACTION.test(text)) {
    throw new Fault(
      'BAD_INPUT',
      `"${text}" is not an action: write command:NAME, query:NAME, tool:NAME (NAME may hold *), exec, or * for all.`,
    );
  }
  if (known && !text.includes('*') && !known.includes(text)) {
    throw new Fault('BAD_INPUT', `There is no action "${text}". Known are ${known.join(', ')}.`);
  }
  return text;
}

/** A star stands for any run of characters of the name; only `*` alone crosses the colon. */
export function matchAction(glob: string, action: string): boolean {
  if (glob === '*' || glob === action) return true;
  const colon = glob.indexOf(':') + 1;
  return glob.includes('*') && action.startsWith(glob.slice(0, colon)) && matchStars(glob, action);
}
