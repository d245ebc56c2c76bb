/** Arguments with their parentheses, a brace, a fragment, a directive, or a name with what it is an alias for. */
const TOKEN = /\([^()]*\)|[{}]|\.\.\.(?:on \w+|\w+)?|@\w+|\w+(?::\w+)?/g;

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
    } else if (token.startsWith('('))
      append(token.replaceAll(/[,:{]/g, '$& ').replaceAll('=', ' = ').replaceAll('}', ' }'));
    else if (token.startsWith('@')) append(` ${token}`);
    else if (depth === 0) append(lines.at(-1) === '' ? token : ` ${token}`);
    else begin(token.replace('...on', '... on').replace(':', ': '));
  }
  return `${lines.join('\n').trim()}\n`;
}
