import { isMap, isNode, isSeq, LineCounter, parseDocument } from 'yaml';

/**
 * The step in which a line is, by the lines, from 1, on which steps begin. It is asked at each key, and therefore does not read the whole text
 * as YAML.
 */
export function stepAtLine(
  line: number,
  lines: readonly string[],
  steps: readonly { readonly key: string; readonly line: number | null }[],
): string | undefined {
  let last: { readonly key: string; readonly line: number } | undefined;
  for (const { key, line: begin } of steps) {
    if (begin !== null && begin <= line && begin >= (last?.line ?? 0)) last = { key, line: begin };
  }
  // A key of the document ends its list of steps.
  const hasEnded = last && lines.slice(last.line, line).some((text) => /^[A-Za-z"']/.test(text));
  return hasEnded ? undefined : last?.key;
}

/** The line, from 1, on which a step begins. */
export function lineOfStep(text: string, key: string): number | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { logLevel: 'silent', lineCounter: lines });
  const list = document.get('steps');
  if (!isSeq(list)) return undefined;
  const step = list.items.find((node) => isMap(node) && node.get('id') === key);
  return isNode(step) && step.range ? lines.linePos(step.range[0]).line : undefined;
}
