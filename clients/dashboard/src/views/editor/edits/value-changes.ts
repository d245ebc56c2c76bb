import { isAlias, isMap, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import {
  itemAddition,
  memberRemovals,
  nodeReplacement,
  pairAddition,
  pairReplacement,
  type TextChange,
} from './yaml-text.ts';

type JsonMap = Readonly<Record<string, unknown>>;

/** Changes of the text of a map that make it another value: only members that differ change. Undefined where one cannot. */
export function mapChanges(
  text: string,
  map: YAMLMap,
  before: JsonMap,
  after: JsonMap,
): readonly TextChange[] | undefined {
  const ofPresent = map.items.map((pair, index) => pairChanges(text, map, pair, index, before, after));
  const present = map.items.map(nameOf);
  const added = Object.entries(after)
    .filter(([name, value]) => value !== undefined && !present.includes(name))
    // Order before data, as people write it.
    .map(([name, value]) => pairAddition(text, map, name, value, name === 'depends_on' ? 'kind' : undefined));
  return complete([...ofPresent, ...added.map((change) => change && [change])]);
}

function pairChanges(text: string, map: YAMLMap, pair: Pair, index: number, before: JsonMap, after: JsonMap) {
  const name = nameOf(pair);
  const [old, next] = [before[name], after[name]];
  if (isSame(old, next)) return [];
  if (next === undefined) return memberRemovals(text, map, index);
  const { value } = pair;
  if (isAlias(value)) return undefined;
  const inside = !isSame(next, {}) && !isSame(next, []) ? insideChanges(text, value, old, next) : undefined;
  if (inside) return inside;
  const change = pairReplacement(text, map, index, next);
  return change && [change];
}

/** Changes of what is in a map or a list; undefined where the value as a whole is another. */
function insideChanges(text: string, node: unknown, old: unknown, next: unknown): readonly TextChange[] | undefined {
  if (isMap(node) && isJsonMap(old) && isJsonMap(next)) return mapChanges(text, node, old, next);
  if (isSeq(node) && Array.isArray(old) && Array.isArray(next)) return listChanges(text, node, old, next);
  return undefined;
}

function listChanges(text: string, list: YAMLSeq, old: readonly unknown[], next: readonly unknown[]) {
  const first = old.findIndex((item, index) => !isSame(item, next[index]));
  if (next.length === old.length - 1 && isSame(old.toSpliced(first, 1), next)) return memberRemovals(text, list, first);
  if (next.length === old.length + 1 && isSame(next.slice(0, -1), old)) {
    const change = itemAddition(text, list, next.at(-1));
    return change && [change];
  }
  if (next.length !== old.length) return undefined;
  return complete(
    next.map((value, index) => {
      if (isSame(value, old[index])) return [];
      const node = list.items[index];
      const inside = insideChanges(text, node, old[index], value);
      const change = inside ? undefined : nodeReplacement(text, node, value);
      return inside ?? (change && [change]);
    }),
  );
}

/** All changes, if each part has its own and none touches the characters of another. */
function complete(parts: readonly (readonly TextChange[] | undefined)[]): readonly TextChange[] | undefined {
  if (!parts.every((part) => part !== undefined)) return undefined;
  const changes = parts.flat().toSorted((a, b) => a.from - b.from);
  const overlap = changes.some(({ from }, index) => index > 0 && from < (changes[index - 1]?.to ?? 0));
  return overlap ? undefined : changes;
}

const nameOf = ({ key }: Pair) => String(isScalar(key) ? key.value : key);

const isJsonMap = (value: unknown): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSame = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b);
