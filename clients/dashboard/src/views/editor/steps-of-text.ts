import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';

/** Where a step is in a text. */
interface StepPlace {
  readonly key: string;
  readonly node: YAMLMap;
  /** Of its map, without what is before its first key. */
  readonly from: number;
  readonly to: number;
}

/** The steps of a text in its order, as far as it can be read. */
export function stepsOfText(text: string): readonly StepPlace[] {
  const list = parseDocument(text, { logLevel: 'silent', keepSourceTokens: true }).get('steps');
  if (!isSeq(list)) return [];
  return list.items.flatMap((node) => {
    if (!isMap(node) || !node.range) return [];
    const id = node.get('id', true);
    const key = isScalar(id) ? String(id.value) : undefined;
    return key === undefined ? [] : [{ key, node, from: node.range[0], to: node.range[1] }];
  });
}

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
