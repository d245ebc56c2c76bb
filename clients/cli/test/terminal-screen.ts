// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what it is about
const TOKEN = /\u001b\[\??([\d;]*)([A-Za-z])|[\s\S]/gu;

/** The lines that a terminal shows after a program has written this: line feeds, returns, and the sequences that move the cursor or erase. */
export function screenOf(written: string): string {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  for (const [token, digits, command] of written.matchAll(TOKEN)) {
    const line = lines[row] ?? '';
    const count = Number(digits || 1);
    if (token === '\n') row += 1;
    else if (token === '\r') column = 0;
    else if (command === undefined) {
      lines[row] = line.slice(0, column).padEnd(column) + token + line.slice(column + token.length);
      column += token.length;
    } else if (command === 'A') row = Math.max(0, row - count);
    else if (command === 'B') row += count;
    else if (command === 'C') column += count;
    else if (command === 'D') column = Math.max(0, column - count);
    else if (command === 'G') column = count - 1;
    else if (command === 'K') lines[row] = digits === '2' ? '' : line.slice(0, column);
    else if (command === 'J') lines.splice(row, lines.length, line.slice(0, column));
    while (lines.length <= row) lines.push('');
  }
  return lines.map((line) => line.trimEnd()).join('\n');
}
