import { isAlias, isMap, isNode, isPair, isScalar, visit } from 'yaml';
import type { FieldKind } from '../../../parts/schema-form/schema.ts';
import type { ReadStep } from './read-steps.ts';
import { commentsOf, rangeOf } from './yaml-text.ts';

/** Why a value of a step is changed in its text only, and where that is. */
export interface Unusual {
  readonly why: string;
  /** From 1. */
  readonly line: number;
}

/** Why the value at a path of a step cannot be a field of this kind; undefined where it can. */
export function unusualAt(
  whole: string,
  { node, text, offset, document }: ReadStep,
  path: readonly string[],
  kind: FieldKind,
): Unusual | undefined {
  const value: unknown = node.getIn(path, true);
  const [begin, end] = rangeOf(value) ?? [];
  if (value === undefined || begin === undefined || end === undefined) return undefined;
  const json = isNode(value) ? value.toJS(document) : value;
  const why =
    (isShared(value) && 'uses an anchor, an alias or a tag') ||
    (!fits(kind, json) && (JSON.stringify(json).includes('{{') ? 'is an expression' : 'is written in another way')) ||
    (isFolded(value, text.slice(begin, end)) && 'is a text whose lines are joined') ||
    (!isMap(value) || kind === 'json' ? commentsOf(text.slice(begin, end)).length > 0 && 'has comments' : false);
  return why ? { why, line: whole.slice(0, begin + offset).split('\n').length } : undefined;
}

/** Whether another part of the text can have the same value, or the text states its type. */
function isShared(value: unknown): boolean {
  let shared = false;
  if (isNode(value)) {
    visit(value, (_, node) => {
      if (isPair(node)) return isScalar(node.key) && node.key.value === '<<' ? mark() : undefined;
      return isAlias(node) || (isNode(node) && (node.tag !== undefined || ('anchor' in node && node.anchor)))
        ? mark()
        : undefined;
    });
  }
  return shared;
  function mark() {
    shared = true;
    return visit.BREAK;
  }
}

const isFolded = (value: unknown, source: string) =>
  isScalar(value) && (value.type === 'BLOCK_FOLDED' || (value.type !== 'BLOCK_LITERAL' && source.includes('\n')));

function fits(kind: FieldKind, value: unknown): boolean {
  switch (kind) {
    case 'line':
    case 'lines':
      return typeof value === 'string';
    case 'choice':
      return typeof value === 'string' && !value.includes('{{');
    case 'number':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value) && value.every((one) => typeof one === 'string');
    case 'group':
    case 'resource':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'json':
      return true;
  }
}
