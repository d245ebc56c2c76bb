import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { canonicalUri } from '../../resources/canonical-uri.ts';
import { parseUriGlob } from '../globs/parse-uri-glob.ts';
import { matchUriGlob, splitUri } from '../globs/uri-glob.ts';
import { createUriTrie } from './uri-trie.ts';

/** Often the same few, so that globs and URIs meet; and what objects of JavaScript, hosts or paths could confuse. */
const COMMON = ['a', 'a', 'a', 'b', 'b', 'ab'];
const SEGMENTS = [...COMMON, ...COMMON, 'constructor', '__proto__', '0', '_', '~', '%2A', '%C3%A9', '%252', '%61', ''];
const HOSTS = ['xn--bcher-kva.a', 'bücher.a', '127.1', '[::1]', '[1:2::]', '.a', 'a..b', 'A.', ''];
const WILD = ['*', '*', '*', '**', '**', '**', 'a*', 'a*b', 'ab*', '*b', '*a*', '%C3*'];

const joined = (words: readonly string[], separator: string, maxLength: number) =>
  fc.array(fc.constantFrom(...words), { minLength: 1, maxLength }).map((parts) => parts.join(separator));
const host = (labels: readonly string[], maxLength: number) =>
  fc.oneof(
    { weight: 4, arbitrary: joined(labels, '.', maxLength) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTS) },
  );
const text = (name: fc.Arbitrary<string>, path: fc.Arbitrary<string>, ports: readonly string[]) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(fc.constantFrom('http', 'http', 'HTTPS'), name, fc.constantFrom(...ports), path)
        .map(([scheme, at, port, rest]) => `${scheme}://${at}${port}/${rest}`),
    },
    path.map((rest) => `file:///${rest}`),
    fc.tuple(name, path).map(([bucket, key]) => `s3://${bucket}/${key}`),
    path.map((rest) => `memory:${rest}`),
    path.map((rest) => `redis://${rest}`),
    path.map((rest) => `data:${rest}`),
  );
const PORTS = ['', '', '', ':80', ':443', ':8080'];

const glob = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom('**', 's3:**', 'data:**', 'http://**', 'http://**:*/**', 'http://**:8080/**'),
    },
    {
      weight: 9,
      arbitrary: text(host([...COMMON, ...WILD], 4), joined([...SEGMENTS, ...WILD, ...WILD], '/', 5), [
        ...PORTS,
        ':*',
        ':*',
      ]),
    },
  )
  .map(parsed(parseUriGlob))
  .filter((one) => one !== undefined);
/** As the server gets them, and some that no protocol lets through. */
const uri = fc.oneof(
  text(host(COMMON, 3), joined(SEGMENTS, '/', 4), PORTS)
    .map(parsed(canonicalUri))
    .filter((one) => one !== undefined),
  fc.record({
    href: fc.constant(''),
    scheme: fc.constantFrom('http', 's3', 'memory'),
    host: fc.oneof(joined(['a', 'b', ''], '.', 4), fc.constantFrom('[::1.a]', '[')),
    port: fc.constantFrom('', '8080'),
    path: fc.oneof(
      joined(SEGMENTS, '/', 5),
      joined(SEGMENTS, '/', 5).map((path) => `/${path}`),
      fc.constantFrom('', '/', '//'),
    ),
    query: fc.constant(''),
  }),
);

function parsed<T>(parse: (text: string) => T): (text: string) => T | undefined {
  return (text) => {
    try {
      return parse(text);
    } catch {
      return undefined;
    }
  };
}

const find = (trie: ReturnType<typeof createUriTrie>, target: CanonicalUri | undefined, groups: readonly number[]) =>
  trie.fold<number[]>(target, groups, [], (found, rule) => [...found, rule]).sort((a, b) => a - b);

describe('a URI trie', () => {
  it('finds each glob of the groups that matches, once', () => {
    const placed = fc.record({ glob, group: fc.nat(3) });
    let matches = 0;
    fc.assert(
      fc.property(
        fc.array(placed, { minLength: 40, maxLength: 60 }),
        fc.array(fc.option(uri, { nil: undefined, freq: 20 }), { minLength: 15, maxLength: 20 }),
        fc.subarray([0, 1, 2, 3], { minLength: 1 }),
        (globs, uris, groups) => {
          const trie = createUriTrie();
          for (const [rule, one] of globs.entries()) trie.insert(one.glob, one.group, rule);
          for (const target of uris) {
            const parts = target && splitUri(target);
            const expected = [...globs.keys()].filter((rule) => {
              const one = globs[rule];
              return one && groups.includes(one.group) && matchUriGlob(one.glob, parts);
            });
            expect(find(trie, target, groups)).toEqual(expected);
            matches += expected.length;
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(matches).toBeGreaterThan(5_000);
  });

  it('finds a glob once, in however many ways it matches', () => {
    const trie = createUriTrie();
    const globs = ['http://**.a.**/**/x/**/x/**', 'http://**.a.**.a.**/**', 'http://**/**/**', 'http://*.**.a/*/**/x'];
    for (const [rule, one] of globs.entries()) trie.insert(parseUriGlob(one), 0, rule);
    expect(find(trie, canonicalUri(`http://a.a.a.a/${'x/'.repeat(20)}x`), [0])).toEqual([0, 1, 2, 3]);
  });

  it('is searched in linear time, whatever the URI contains', async () => {
    const trie = createUriTrie();
    const spans = ['**/a/', '**/*/', '**/a*/', '**/*a/**/'];
    for (const [rule, span] of spans.entries()) {
      for (let depth = 1; depth <= 8; depth += 1) {
        trie.insert(parseUriGlob(`http://host/${span.repeat(depth)}b`), 0, rule);
        trie.insert(parseUriGlob(`http://${span.replaceAll('/', '.').repeat(depth)}b/b`), 0, rule);
      }
    }
    const target = { href: '', scheme: 'http', port: '', query: '' };
    const cpuMs = await cpuMsOf(() => {
      expect(find(trie, { ...target, host: 'host', path: `/${'a/'.repeat(4_000)}` }, [0])).toEqual([]);
      expect(find(trie, { ...target, host: `${'a.'.repeat(120)}c`, path: '/b' }, [0])).toEqual([]);
    });
    expect(cpuMs).toBeLessThan(2_000);
  });
});
