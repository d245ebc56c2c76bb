import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventsDocument } from '../../clients/sdk/src/generated/graphql.ts';
import { createClient } from '../../clients/sdk/src/index.ts';
import { startServer, tokenFor } from '../support/server.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DOCUMENT = `mutation {
  convertToJson(input: { source: { uri: "file:///data/products.csv" } }) {
    ... on CommandOutcome { run { state } }
    ... on Refusal { code message }
  }
}`;

/** What V8 writes for each process and thread when NODE_V8_COVERAGE is set. */
interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly functionName: string;
      readonly ranges: readonly { readonly count: number }[];
    }[];
  }[];
}

/** Functions that ran, by file. */
const executed = new Map<string, Set<string>>();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-coverage-'));
  const server = await startServer({ env: { NODE_V8_COVERAGE: folder } });
  try {
    const token = await tokenFor('admin', { roles: ['admin'] });
    const client = createClient({ url: server.url, token });
    const events = client.subscribe(EventsDocument, {})[Symbol.asyncIterator]();
    const first = events.next();
    const { data } = await server.query(DOCUMENT, undefined, token);
    expect(data.convertToJson.run.state).toBe('SUCCEEDED');
    await first;
    client.close();
  } finally {
    await server.stop();
  }
  for (const file of await readdir(folder)) {
    const { result } = JSON.parse(await readFile(join(folder, file), 'utf8')) as Coverage;
    for (const { url, functions } of result.filter(({ url }) => url.startsWith('file://'))) {
      const path = fileURLToPath(url.replace(/\?.*$/, ''));
      const names = executed.get(path) ?? new Set();
      for (const { functionName, ranges } of functions) if ((ranges[0]?.count ?? 0) > 0) names.add(functionName);
      executed.set(path, names);
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(['internals/life-of-a-request.md', 'internals/life-of-an-event.md'])('%s', (page) => {
  it('names only functions that such a request executes', async () => {
    const text = await readFile(join(ROOT, 'docs', page), 'utf8');
    const hops = [...text.matchAll(/^\| \d+ \| \[[^\]]+\]\(\.\.\/\.\.\/([^)]+)\) \| `(\w+)` \|/gm)];
    expect(hops.length).toBeGreaterThan(10);
    const missing = hops.filter(([, file = '', name = '']) => !executed.get(join(ROOT, file))?.has(name));
    expect(missing.map(([, file, name]) => `${file}: ${name}`)).toEqual([]);
  });
});
