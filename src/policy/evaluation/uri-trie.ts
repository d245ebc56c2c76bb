import type { CanonicalUri } from '../../core/canonical-uri.ts';
import type { SegmentGlob, UriGlob } from '../globs/uri-glob.ts';
import { matchStars } from '../globs/wildcard.ts';

/**
 * The URI globs of many rules, merged into one tree over scheme, labels of the host from the right, and segments of the path.
 * A URI is compared with all of them at once, and split only as far as they reach.
 */
export interface UriTrie {
  /** @param group a search finds the globs of its groups only */
  insert(glob: UriGlob, group: number, rule: number): void;
  /**
   * Passes the rule of each glob in the groups that matches the URI, as `matchUriGlob` defines it, to `step`, whose result is
   * the next state. Returns the last one. Takes at most length of all globs × length of the URI steps.
   */
  fold<S>(uri: CanonicalUri | undefined, groups: readonly number[], start: S, step: (state: S, rule: number) => S): S;
}

/** Some labels or segments of a glob, from the scheme on. */
class Node {
  /** By the next label or segment. */
  literal: Map<string, Node> | undefined;
  patterns: Patterns | undefined;
  /** The path of a host that ends here. */
  path: Node | undefined;
  /** The path of a host that ends here or continues. */
  anyHostPath: Node | undefined;
  /** Globs of URIs that end here. */
  exact: Leaves | undefined;
  /** Globs of URIs that end here or continue. */
  any: Leaves | undefined;
  /** After a `**`, the last search that came here: it may come at several positions, of which the first leads to all that the others do. */
  reached: number;

  constructor(isAfterSpan: boolean) {
    this.reached = isAfterSpan ? 0 : NOT_AFTER_SPAN;
  }
}

const NOT_AFTER_SPAN = -1;

/** What follows parts that are not literal. Few nodes have it, and small nodes are faster. */
interface Patterns {
  /** After any label or segment that is not empty. */
  star: Node | undefined;
  /** After those that match a text with `*`, by group, because they are compared one by one. */
  readonly wild: Map<number, WildEdges>;
  /** After any number of labels or segments: a `**` before others. */
  span: Node | undefined;
}

/** By the length of what precedes the first `*`, then by its text. */
type WildEdges = Map<number, Map<string, WildEdge[]>>;

interface WildEdge {
  readonly text: string;
  readonly node: Node;
}

interface Leaf {
  readonly group: number;
  readonly rule: number;
  readonly port: string;
}

/** By group if there are many; a few are scanned faster. */
type Leaves = Leaf[] | Map<number, Leaf[]>;

const MAX_SCANNED_LEAVES = 8;

interface Search<S> {
  readonly id: number;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly groups: readonly number[];
  readonly step: (state: S, rule: number) => S;
  state: S;
}

export function createUriTrie(): UriTrie {
  let anything: Leaves | undefined;
  const schemes = new Map<string, Node>();
  let searches = 0;
  return {
    insert(glob, group, rule) {
      if (glob === 'anything') {
        anything = withLeaf(anything, { group, rule, port: '*' });
        return;
      }
      const { scheme, host, port, path } = glob;
      const root = getOrPut(schemes, scheme, () => new Node(false));
      const end = descend(root, host.toReversed(), group);
      const { node, isAny } = descend(pathOf(end), path, group);
      if (isAny) node.any = withLeaf(node.any, { group, rule, port });
      else node.exact = withLeaf(node.exact, { group, rule, port });
    },
    fold(uri, groups, start, step) {
      searches += 1;
      const { host, port, path } = uri ?? NO_URI;
      const search = { id: searches, host, port, path, groups, step, state: start };
      if (anything) visit(anything, search);
      const root = uri && schemes.get(uri.scheme);
      if (root) searchHost(root, search, host.length);
      return search.state;
    },
  };
}

const NO_URI = { host: '', port: '', path: '' };

/** The node of the parts, which are created; of those before the last one, if that is `**`. */
function descend(start: Node, parts: readonly SegmentGlob[], group: number): { node: Node; isAny: boolean } {
  let node = start;
  for (const [at, part] of parts.entries()) {
    if (part.span && at === parts.length - 1) return { node, isAny: true };
    node = childOf(node, part, group);
  }
  return { node, isAny: false };
}

function pathOf({ node, isAny }: { node: Node; isAny: boolean }): Node {
  const key = isAny ? 'anyHostPath' : 'path';
  node[key] ??= new Node(isAfterSpan(node));
  return node[key];
}

const isAfterSpan = (node: Node) => node.reached !== NOT_AFTER_SPAN;

function childOf(parent: Node, { text, wild, span }: SegmentGlob, group: number): Node {
  const create = () => new Node(span || isAfterSpan(parent));
  if (!wild && !span) {
    parent.literal ??= new Map();
    return getOrPut(parent.literal, text, create);
  }
  parent.patterns ??= { star: undefined, wild: new Map(), span: undefined };
  const { patterns } = parent;
  if (wild && text !== '*') {
    const prefix = text.slice(0, text.indexOf('*'));
    const edges: WildEdges = getOrPut(patterns.wild, group, () => new Map());
    const sameLength = getOrPut(edges, prefix.length, () => new Map<string, WildEdge[]>());
    const alike = getOrPut(sameLength, prefix, (): WildEdge[] => []);
    const known = alike.find((edge) => edge.text === text);
    if (known) return known.node;
    const node = create();
    alike.push({ text, node });
    return node;
  }
  const key = span ? 'span' : 'star';
  patterns[key] ??= create();
  return patterns[key];
}

function withLeaf(leaves: Leaves | undefined, leaf: Leaf): Leaves {
  if (!leaves) return [leaf];
  if (Array.isArray(leaves)) {
    leaves.push(leaf);
    return leaves.length <= MAX_SCANNED_LEAVES ? leaves : Map.groupBy(leaves, ({ group }) => group);
  }
  getOrPut(leaves, leaf.group, () => []).push(leaf);
  return leaves;
}

/** @param end where the labels that are left end in the host; -1 when none is left */
function searchHost<S>(node: Node, search: Search<S>, end: number): void {
  const { literal, patterns } = node;
  const { host, path } = search;
  const from = path.startsWith('/') ? 1 : 0;
  if (isFirst(node, search)) {
    if (node.anyHostPath) searchPath(node.anyHostPath, search, from);
    if (patterns?.span) {
      searchHost(patterns.span, search, end);
      for (let at = end; at >= 0; ) {
        at = dotBefore(host, at);
        searchHost(patterns.span, search, at);
      }
    }
  }
  if (end < 0) {
    if (node.path) searchPath(node.path, search, from);
    return;
  }
  if (!literal && !patterns) return;
  const dot = dotBefore(host, end);
  const label = host.slice(dot + 1, end);
  const next = literal?.get(label);
  if (next) searchHost(next, search, dot);
  if (!patterns || label === '') return;
  if (patterns.star) searchHost(patterns.star, search, dot);
  if (patterns.wild.size > 0) eachWild(patterns.wild, search.groups, label, (next) => searchHost(next, search, dot));
}

/** @param from where the segments that are left begin in the path; -1 when none is left */
function searchPath<S>(node: Node, search: Search<S>, from: number): void {
  const { literal, patterns } = node;
  const { path } = search;
  if (isFirst(node, search)) {
    if (node.any) visit(node.any, search);
    if (patterns?.span) {
      searchPath(patterns.span, search, from);
      for (let at = from; at >= 0; ) {
        at = path.indexOf('/', at) + 1 || -1;
        searchPath(patterns.span, search, at);
      }
    }
  }
  if (from < 0) {
    if (node.exact) visit(node.exact, search);
    return;
  }
  if (!literal && !patterns) return;
  const slash = path.indexOf('/', from);
  const segment = slash < 0 ? path.slice(from) : path.slice(from, slash);
  const after = slash < 0 ? -1 : slash + 1;
  const next = literal?.get(segment);
  if (next) searchPath(next, search, after);
  if (!patterns || segment === '') return;
  if (patterns.star) searchPath(patterns.star, search, after);
  if (patterns.wild.size > 0)
    eachWild(patterns.wild, search.groups, segment, (next) => searchPath(next, search, after));
}

function eachWild(
  wild: ReadonlyMap<number, WildEdges>,
  groups: readonly number[],
  part: string,
  follow: (node: Node) => void,
): void {
  for (const group of groups) {
    for (const [length, byPrefix] of wild.get(group) ?? NONE) {
      for (const { text, node } of byPrefix.get(part.slice(0, length)) ?? NONE)
        if (matchStars(text, part)) follow(node);
    }
  }
}

const NONE = [] as const;

/** What follows holds for any position from here on, so it is looked at once. */
function isFirst<S>(node: Node, { id }: Search<S>): boolean {
  if (node.reached === NOT_AFTER_SPAN) return true;
  if (node.reached === id) return false;
  node.reached = id;
  return true;
}

/** The dots of an IPv6 address separate nothing; and `lastIndexOf` would take -1 for 0. */
function dotBefore(host: string, end: number): number {
  return end === 0 || host.startsWith('[') ? -1 : host.lastIndexOf('.', end - 1);
}

function visit<S>(leaves: Leaves, search: Search<S>): void {
  const { groups, port, step } = search;
  if (Array.isArray(leaves)) {
    for (const leaf of leaves) {
      if (groups.includes(leaf.group) && (leaf.port === '*' || leaf.port === port))
        search.state = step(search.state, leaf.rule);
    }
    return;
  }
  for (const group of groups) {
    for (const leaf of leaves.get(group) ?? NONE) {
      if (leaf.port === '*' || leaf.port === port) search.state = step(search.state, leaf.rule);
    }
  }
}

function getOrPut<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value !== undefined) return value;
  value = create();
  map.set(key, value);
  return value;
}
