import { Fault } from '../../core/errors.ts';

/** A script, and what the variables in it stand for. */
export interface CompiledTemplate {
  readonly text: string;
  /** Variable → the path that the template named, such as `context.previous.text`. */
  readonly variables: ReadonlyMap<string, string>;
}

const PLACEHOLDER = /\{\{\s*([A-Za-z_][\w-]*(?:\.[\w-]+)*)\s*\}\}/y;
const COMMENT_MAY_FOLLOW = /[\s;&|(]/;

/** Where a place in a shell text is: what a quote, a parenthesis or a blank means there. */
type LexicalState = 'plain' | 'paren' | 'backtick' | 'double' | 'single' | 'ansi' | 'comment';

/**
 * A shell text in which every `{{ placeholder }}` has become a reference to a variable, in the quotes that make it one
 * word where it stands. What the variable holds is never part of the text, so it cannot become a command.
 * @throws Fault BAD_INPUT for placeholders beside a here-document, whose end only the shell knows
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

  const within: LexicalState[] = ['plain'];
  let text = '';
  let at = 0;
  const copy = (length: number, change?: LexicalState | 'back') => {
    text += template.slice(at, at + length);
    at += length;
    if (change === 'back') within.pop();
    else if (change) within.push(change);
  };
  while (at < template.length) {
    const place = within.at(-1) ?? 'plain';
    PLACEHOLDER.lastIndex = at;
    const [found, path] = PLACEHOLDER.exec(template) ?? [];
    if (found !== undefined && path !== undefined) {
      text += quoteVariable(nameOf(path), place);
      at += found.length;
    } else {
      copy(...nextToken(template, at, place));
    }
  }
  if (variables.size > 0 && /<<(?!<)/.test(template.replaceAll('<<<', ''))) {
    const message = 'A command with a here-document (<<) takes no {{ placeholders }}.';
    throw new Fault('BAD_INPUT', `${message} Use the variables, such as $SIGNALBOX_GOAL, or read standard input.`);
  }
  return { text, variables };
}

function quoteVariable(name: string, place: LexicalState): string {
  if (place === 'double') return `\${${name}}`;
  if (place === 'single') return `'"\${${name}}"'`;
  if (place === 'ansi') return `'"\${${name}}"$'`;
  return `"\${${name}}"`;
}

/** How many characters belong together from here on, and where they lead. */
function nextToken(text: string, at: number, place: LexicalState): [number, (LexicalState | 'back')?] {
  const [char = '', next = ''] = [text[at], text[at + 1]];
  if (place === 'comment') return char === '\n' ? [1, 'back'] : [1];
  if (place === 'single') return char === "'" ? [1, 'back'] : [1];
  if (char === '\\') return [2];
  if (place === 'ansi') return char === "'" ? [1, 'back'] : [1];
  if (char === '$' && next === '(') return [2, 'paren'];
  if (char === '`') return [1, place === 'backtick' ? 'back' : 'backtick'];
  if (char === '"') return [1, place === 'double' ? 'back' : 'double'];
  if (place === 'double') return [1];
  if (char === "'") return [1, 'single'];
  if (char === '$' && next === "'") return [2, 'ansi'];
  if (char === '(') return [1, 'paren'];
  if (char === ')' && place === 'paren') return [1, 'back'];
  if (char === '#' && (at === 0 || COMMENT_MAY_FOLLOW.test(text[at - 1] ?? ''))) return [1, 'comment'];
  return [1];
}
