/** The words of a command line as a shell splits it, of which the last may be incomplete: a quote need not be closed. */
export function splitLine(line: string): string[] {
  const words = [''];
  let quote = '';
  let isWord = false;
  for (let at = 0; at < line.length; at += 1) {
    let char = line.charAt(at);
    if (quote === '' && /\s/.test(char)) {
      if (isWord) words.push('');
      isWord = false;
      continue;
    }
    isWord = true;
    if (char === quote) quote = '';
    else if (quote === '' && /["']/.test(char)) quote = char;
    else {
      if (char === '\\' && quote !== "'") {
        at += 1;
        char = line.charAt(at);
      }
      words[words.length - 1] += char;
    }
  }
  return words;
}
