import { Fault } from '../core/errors.ts';
import { ENGINE_ACTIONS } from './engine-actions.ts';
import { matchStars } from './wildcard.ts';

const ACTION = /^(?:\*|exec|(?:command|query|tool|workflow|step|mutation):[A-Za-z0-9_.*-]{1,128})$/;

/**
 * Checks a rule's action: `command:NAME`, `query:NAME`, `tool:NAME`, `workflow:NAME`, `step:KIND`, `mutation:NAME`,
 * `exec`, or `*` for all. NAME and KIND may hold `*`.
 * @param known the capabilities that can be asked about; a name without `*` must be one of them, or the engine's own.
 *   Workflows come and go while the policy stands, so any name of one will do.
 * @throws Fault BAD_INPUT
 */
export function parseAction(text: string, known?: readonly string[]): string {
  if (!ACTION.test(text)) {
    throw new Fault(
      'BAD_INPUT',
      `"${text}" is not an action: write command:NAME, query:NAME, tool:NAME, workflow:NAME, step:KIND, mutation:NAME (NAME and KIND may hold *), exec, or * for all.`,
    );
  }
  if (!known || text.includes('*') || text.startsWith('workflow:')) return text;
  const all: readonly string[] = [...known, ...ENGINE_ACTIONS];
  if (all.includes(text)) return text;
  throw new Fault('BAD_INPUT', `There is no action "${text}". Known are ${all.join(', ')}.`);
}

/** A star stands for any run of characters of the name; only `*` alone crosses the colon. */
export function matchAction(glob: string, action: string): boolean {
  if (glob === '*' || glob === action) return true;
  const colon = glob.indexOf(':') + 1;
  return glob.includes('*') && action.startsWith(glob.slice(0, colon)) && matchStars(glob, action);
}
