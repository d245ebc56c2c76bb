/** Whether a pattern of NATS matches: `*` is one token, `>` at the end one or more. */
export function matchesSubject(pattern: string, subject: string): boolean {
  const [tokens, parts] = [pattern.split('.'), subject.split('.')];
  const rest = tokens.indexOf('>');
  if (rest === -1 ? tokens.length !== parts.length : parts.length <= rest) return false;
  return tokens.every((token, i) => token === '>' || token === '*' || token === parts[i]);
}
