import { Fault } from '../../core/errors.ts';

/** A script, and the meaning of the variables in it. */
export interface CompiledTemplate {
  readonly text: string;
  /** Variable → path of the placeholder, such as `context.previous.text`. */
  readonly variables: ReadonlyMap<string, string>;
}

const PLACEHOLDER = /\{\{\s*([A-Za-z_][\w-]*(?:\.[\w-]+)*)\s*\}\}/y;
const COMMENT_MAY_FOLLOW = /[\s;&|(]/;

/** What surrounds a position in a script: it decides what a quote, a parenthesis or a blank means there. */
type LexicalState = 'plain' | 'paren' | 'backtick' | 'double' | 'single' | 'ansi' | 'comment';

/**
 * Replaces every `{{ placeholder }}` of a script by a reference to a variable, in the quotes that make it one word where
 * it stands. The value of the variable is never part of the script, so it cannot become a command.
 * @throws Fault BAD_INPUT for placeholders together with a here-document, whose end only the shell knows
 */
export function compileTemplate(template: string): CompiledTemplate {
  const names = new Map<string, string>();
  const variables = new Map<string, string>();
  const nameOf = (path: string) => {
    const name = names.get(path) ?? `SIGNALBOX_VALUE_${names.size + 1}`;
    names.set(path, name);
    variables.set(name, path);
    return name;
  };

  const states: LexicalState[] = ['plain'];
  let text = '';
  let at = 0;
  const copy = (length: number, change?: LexicalState | 'back') => {
    text += template.slice(at, at + length);
    at += length;
    if (change === 'back') states.pop();
    else if (change) states.push(change);
  };
  while (at < template.length) {
    const state = states.at(-1) ?? 'plain';
    PLACEHOLDER.lastIndex = at;
    const [placeholder, path] = PLACEHOLDER.exec(template) ?? [];
    if (placeholder !== undefined && path !== undefined) {
      text += quoteVariable(nameOf(path), state);
      at += placeholder.length;
    } else {
      copy(...nextToken(template, at, state));
    }
  }
  if (variables.size > 0 && /<<(?!<)/.test(template.replaceAll('<<<', ''))) {
    const message = 'A command with a here-document (<<) cannot contain {{ placeholders }}.';
    throw new Fault('BAD_INPUT', `${message} Use the variables, such as $SIGNALBOX_GOAL, or read standard input.`);
  }
  return { text, variables };
}

function quoteVariable(name: string, state: LexicalState): string {
  if (state === 'double') return `\${${name}}`;
  if (state === 'single') return `'"\${${name}}"'`;
  if (state === 'ansi') return `'"\${${name}}"$'`;
  return `"\${${name}}"`;
}

/** Length of the next token, and how it changes the state. */
function nextToken(text: string, at: number, state: LexicalState): [number, (LexicalState | 'back')?] {
  const [char = '', next = ''] = [text[at], text[at + 1]];
  if (state === 'comment') return char === '\n' ? [1, 'back'] : [1];
  if (state === 'single') return char === "'" ? [1, 'back'] : [1];
  if (char === '\\') return [2];
  if (state === 'ansi') return char === "'" ? [1, 'back'] : [1];
  if (char === '$' && next === '(') return [2, 'paren'];
  if (char === '`') return [1, state === 'backtick' ? 'back' : 'backtick'];
  if (char === '"') return [1, state === 'double' ? 'back' : 'double'];
  if (state === 'double') return [1];
  if (char === "'") return [1, 'single'];
  if (char === '$' && next === "'") return [2, 'ansi'];
  if (char === '(') return [1, 'paren'];
  if (char === ')' && state === 'paren') return [1, 'back'];
  if (char === '#' && (at === 0 || COMMENT_MAY_FOLLOW.test(text[at - 1] ?? ''))) return [1, 'comment'];
  return [1];
}
