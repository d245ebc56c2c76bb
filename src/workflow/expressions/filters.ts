import type { Token } from './lex-expression.ts';
import { BUILTIN_FUNCTIONS } from './references.ts';

/** The filters that the engine has. It tells of one that it has not only when it comes to it. */
export const FILTER_NAMES: ReadonlySet<string> = new Set([
  ...['abs', 'attr', 'batch', 'bool', 'capitalize', 'chain', 'count', 'd', 'default', 'dictsort', 'e', 'escape'],
  ...['filesizeformat', 'first', 'float', 'groupby', 'indent', 'int', 'items', 'join', 'last', 'length', 'lines'],
  ...['list', 'lower', 'map', 'max', 'min', 'pluralize', 'pprint', 'reject', 'rejectattr', 'replace', 'reverse'],
  ...['round', 'safe', 'select', 'selectattr', 'slice', 'sort', 'split', 'string', 'striptags', 'sum', 'title'],
  ...['tojson', 'trim', 'truncate', 'unique', 'upper'],
]);

/** Filters that go over what they are given once. `map`, `select` and their kin may go over it once for each entry. */
const LINEAR_TIME_FILTERS: ReadonlySet<string> = new Set([
  ...['abs', 'bool', 'capitalize', 'count', 'd', 'default', 'e', 'escape', 'first', 'float', 'int', 'items', 'join'],
  ...['last', 'length', 'lines', 'list', 'lower', 'max', 'min', 'reverse', 'round', 'safe', 'string', 'sum', 'title'],
  ...['tojson', 'trim', 'upper'],
]);

/**
 * True for an expression whose time grows with what it is given and its own length, and no faster. The engine counts
 * instructions, not what a filter does inside one, so that others could hold up the thread for minutes.
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
