/** Arguments with their parentheses, a brace, a fragment, a directive, or a name with what it is an alias for. */
const TOKEN = /\([^()]*\)|[{}]|\.\.\.(?:on \w+|\w+)?|@\w+|\w+(?::\w+)?/g;

/** Between two arguments: a comma outside of a list and of an object, or what remains of a line break. */
const SEPARATOR = / |(?<=\})(?=\w)|,(?![^{}]*\})(?![^[\]]*\])/;

/** Longest field with its arguments on one line, as the reference implementation of GraphQL prints it. */
const LINE_LENGTH = 80;

/** A document of the build, which has no white space and no strings, on lines as people write it. */
export function layOut(document: string): string {
  const lines = [''];
  let depth = 0;
  const append = (text: string) => {
    lines[lines.length - 1] += text;
  };
  const begin = (text: string) => lines.push('  '.repeat(depth) + text);
  for (const [token] of document.matchAll(TOKEN)) {
    if (token === '{') {
      append(' {');
      depth += 1;
    } else if (token === '}') {
      depth -= 1;
      begin('}');
      if (depth === 0) lines.push('', '');
    } else if (token.startsWith('(')) {
      const list = token.slice(1, -1).split(SEPARATOR).map(spaced);
      const line = `(${list.join(', ')})`;
      const isField = depth > 0 && !lines.at(-1)?.includes('@');
      if (isField && `${lines.at(-1)?.trim()}${line}`.length > LINE_LENGTH) {
        append('(');
        for (const argument of list) begin(`  ${argument}`);
        begin(')');
      } else append(line);
    } else if (token.startsWith('@')) append(` ${token}`);
    else if (depth === 0) append(lines.at(-1) === '' ? token : ` ${token}`);
    else begin(token.replace('...on', '... on').replace(':', ': '));
  }
  return `${lines.join('\n').trim()}\n`;
}

function spaced(argument: string): string {
  return argument.replaceAll(/[,:{]/g, '$& ').replaceAll('=', ' = ').replaceAll('}', ' }');
}
