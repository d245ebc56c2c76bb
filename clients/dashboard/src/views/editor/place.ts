import { isMap, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Path } from './schema-at.ts';

/** Where something is typed in a document. */
export interface Place {
  /** Where the word begins that is being typed. */
  readonly from: number;
  /** Whether a key stands here, or a value. In a list of plain values it is a key that has no map around it. */
  readonly role: 'key' | 'value';
  /** Of the map that the key is in, or of the value. */
  readonly path: Path;
  /** Other keys of the map. */
  readonly siblings: readonly string[];
  /** A colon follows already. */
  readonly hasColon: boolean;
  /** The document with the word in it, as JSON. */
  readonly document: unknown;
}

/** Stands where the cursor is while the text is parsed, so that what is not complete yet is part of the document. */
const CURSOR = 'cursor_of_the_editor';

/** The place of a position in the text. Undefined where nothing can be completed: in comments, texts and expressions. */
export function placeAt(text: string, offset: number): Place | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const typed = /[\w$-]*$/.exec(text.slice(lineStart, offset))?.[0] ?? '';
  // A dash that begins an item is no part of the word.
  const word = typed.replace(/^-+/, '');
  const from = offset - word.length;
  const before = text.slice(lineStart, from);
  const rest = text.slice(offset).replace(/^[\w$-]*/, '');
  const isValue = /:\s+$/.test(before);
  if (!isValue && !/^[\s-]*$/.test(before) && !/[{[,]\s*$/.test(before)) return undefined;
  const hasColon = /^\s*:/.test(rest);
  const completed = `${text.slice(0, from)}${CURSOR}${isValue || hasColon ? '' : ': '}${rest}`;
  const document = parseDocument(completed, { logLevel: 'silent', uniqueKeys: false });
  let place: Pick<Place, 'role' | 'path' | 'siblings'> | undefined;
  visit(document, {
    Scalar(key, node, ancestors) {
      if (node.value !== CURSOR) return undefined;
      const map = ancestors.findLast((one) => isMap(one));
      const path = pathOf([...ancestors, node]);
      place = {
        role: key === 'key' ? 'key' : 'value',
        path,
        siblings:
          key === 'key' && isMap(map) ? map.items.map((pair) => keyOf(pair)).filter((name) => name !== CURSOR) : [],
      };
      return visit.BREAK;
    },
  });
  return place && { ...place, from, hasColon, document: document.toJS({ maxAliasCount: 0 }) };
}

/** Names and numbers that lead from the document to the last of these nodes. */
function pathOf(nodes: readonly unknown[]): Path {
  return nodes.flatMap((node, index): Path => {
    const next = nodes[index + 1];
    if (isSeq(node) && next !== undefined) return [node.items.indexOf(next)];
    if (isPair(node) && next !== undefined && next === node.value) return [keyOf(node)];
    return [];
  });
}

const keyOf = ({ key }: { readonly key: unknown }) => String(isScalar(key) ? key.value : key);
