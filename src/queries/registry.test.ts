import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../core/errors.ts';
import { type ResourcesForTests, resourcesForTests } from '../resources/resources-for-tests.ts';
import { catalog } from './catalog.ts';
import type { QueryContext } from './define-query.ts';
import { queries } from './registry.ts';
import { resources } from './resources.ts';

let real: ResourcesForTests;
beforeAll(async () => {
  real = await resourcesForTests();
});
afterAll(() => real.close());

const contextOf = (validate: QueryContext['validate'] = async () => {}): QueryContext => ({
  signal: new AbortController().signal,
  read: (uri) => real.open({ uri }),
  validate,
  catalog: () => ({ commands: ['fetch'] }),
});

describe('the queries', () => {
  it('are listed with what a catalog shows of them', () => {
    expect(queries.map((query) => query.name)).toEqual(['resources', 'catalog']);
    for (const { title, description } of queries)
      expect([title, description]).toEqual([expect.any(String), expect.stringMatching(/\.$/)]);
  });

  it('resources gives the bytes of a URI, checked where a schema is named', async () => {
    const found = await resources.run({ uri: 'data:text/csv,a%2Cb' }, contextOf());
    expect(found).toEqual({ uri: 'data:text/csv', mediaType: 'text/csv', bytes: Buffer.from('a,b') });
    const checked: unknown[] = [];
    const validate: QueryContext['validate'] = async (json, schemaUri) => {
      checked.push([Buffer.from(json).toString(), schemaUri]);
      throw new Fault('SCHEMA_VIOLATION', 'It does not fit.');
    };
    const options = { uri: 'data:application/json,1', schemaUri: 'data:application/json,false' };
    await expect(resources.run(options, contextOf(validate))).rejects.toMatchObject({ code: 'SCHEMA_VIOLATION' });
    expect(checked).toEqual([['1', 'data:application/json,false']]);
  });

  it('catalog gives what the server can do as JSON', async () => {
    const { mediaType, bytes } = await catalog.run({}, contextOf());
    expect([mediaType, Buffer.from(bytes).toString()]).toEqual(['application/json', '{"commands":["fetch"]}']);
  });
});
