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
  /** After any label or segment that is not empty. */
  star: Node | undefined;
  /** After those that match a text with `*`. By group, because they are compared one by one. */
  wild: Map<number, Map<string, Node>> | undefined;
  /** After any number of labels or segments: a `**` before others. */
  span: Node | undefined;
  /** The path of a host that ends here. */
  path: Node | undefined;
  /** The path of a host that ends here or continues. */
  anyHostPath: Node | undefined;
  /** Globs of URIs that end here. */
  exact: Leaves | undefined;
  /** Globs of URIs that end here or continue. */
  any: Leaves | undefined;
  /** The last search that came here. After a `**` it may come at several positions; the first one leads to all that the others do. */
  reached = 0;
  readonly isAfterSpan: boolean;

  constructor(isAfterSpan: boolean) {
    this.isAfterSpan = isAfterSpan;
  }
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
  node[key] ??= new Node(node.isAfterSpan);
  return node[key];
}

function childOf(parent: Node, { text, wild, span }: SegmentGlob, group: number): Node {
  const create = () => new Node(span || parent.isAfterSpan);
  if (span) {
    parent.span ??= create();
    return parent.span;
  }
  if (wild && text === '*') {
    parent.star ??= create();
    return parent.star;
  }
  if (wild) {
    parent.wild ??= new Map();
    return getOrPut(
      getOrPut(parent.wild, group, () => new Map<string, Node>()),
      text,
      create,
    );
  }
  parent.literal ??= new Map();
  return getOrPut(parent.literal, text, create);
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
  const { host, path } = search;
  const from = path.startsWith('/') ? 1 : 0;
  if (isFirst(node, search)) {
    if (node.anyHostPath) searchPath(node.anyHostPath, search, from);
    if (node.span) {
      searchHost(node.span, search, end);
      for (let at = end; at >= 0; ) {
        at = dotBefore(host, at);
        searchHost(node.span, search, at);
      }
    }
  }
  if (end < 0) {
    if (node.path) searchPath(node.path, search, from);
    return;
  }
  if (!node.literal && !node.star && !node.wild) return;
  const dot = dotBefore(host, end);
  const label = host.slice(dot + 1, end);
  const next = node.literal?.get(label);
  if (next) searchHost(next, search, dot);
  if (label === '') return;
  if (node.star) searchHost(node.star, search, dot);
  if (!node.wild) return;
  for (const group of search.groups) {
    for (const [text, wild] of node.wild.get(group) ?? NONE) if (matchStars(text, label)) searchHost(wild, search, dot);
  }
}

/** @param from where the segments that are left begin in the path; -1 when none is left */
function searchPath<S>(node: Node, search: Search<S>, from: number): void {
  const { path } = search;
  if (isFirst(node, search)) {
    if (node.any) visit(node.any, search);
    if (node.span) {
      searchPath(node.span, search, from);
      for (let at = from; at >= 0; ) {
        at = path.indexOf('/', at) + 1 || -1;
        searchPath(node.span, search, at);
      }
    }
  }
  if (from < 0) {
    if (node.exact) visit(node.exact, search);
    return;
  }
  if (!node.literal && !node.star && !node.wild) return;
  const slash = path.indexOf('/', from);
  const segment = slash < 0 ? path.slice(from) : path.slice(from, slash);
  const after = slash < 0 ? -1 : slash + 1;
  const next = node.literal?.get(segment);
  if (next) searchPath(next, search, after);
  if (segment === '') return;
  if (node.star) searchPath(node.star, search, after);
  if (!node.wild) return;
  for (const group of search.groups) {
    for (const [text, wild] of node.wild.get(group) ?? NONE)
      if (matchStars(text, segment)) searchPath(wild, search, after);
  }
}

const NONE = [] as const;

/** What follows holds for any position from here on, so it is looked at once. */
function isFirst<S>(node: Node, { id }: Search<S>): boolean {
  if (!node.isAfterSpan) return true;
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
