import { FILTERS } from '../../lib/jinja/jinja.ts';
import type { Token } from './lex-expression.ts';
import { BUILTIN_FUNCTIONS } from './references.ts';

/** The filters of the engine. */
export const FILTER_NAMES: ReadonlySet<string> = new Set(FILTERS.keys());

/** Filters that iterate over their input once. `map`, `select` and the like may iterate once for each entry. */
const LINEAR_TIME_FILTERS: ReadonlySet<string> = new Set([
  ...['abs', 'bool', 'capitalize', 'center', 'count', 'd', 'default', 'e', 'escape', 'first', 'float', 'forceescape'],
  ...['int', 'items', 'join', 'last', 'length', 'lines', 'list', 'lower', 'max', 'min', 'pprint', 'reverse', 'round'],
  ...['safe', 'string', 'striptags', 'sum', 'title', 'tojson', 'trim', 'upper', 'urlencode', 'wordcount'],
]);

/**
 * True for an expression whose time grows linearly with its input and its length. The engine counts what it
 * makes, not the work of a filter, so other expressions could block the thread for minutes.
 */
export function isLinearTime(tokens: readonly Token[]): boolean {
  return tokens.every((token, i) => {
    const before = tokens[i - 1];
    const after = tokens[i + 1];
    if (token.type === 'sign') return token.text !== '*' && token.text !== '**';
    if (token.type !== 'name') return true;
    if (before?.type === 'sign' && before.text === '|') return LINEAR_TIME_FILTERS.has(token.text);
    return !(BUILTIN_FUNCTIONS.has(token.text) && after?.type === 'sign' && after.text === '(');
  });
}
