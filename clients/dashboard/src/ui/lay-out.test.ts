import { parse, print } from 'graphql';
import { expect, it } from 'vitest';
import * as generated from '../api/generated/graphql.ts';
import { layOut } from './lay-out.ts';

const QUERIES = Object.entries(generated)
  .filter(([name]) => name.endsWith('Document'))
  .map(([name, document]) => [name, String(document)] as const)
  .filter(([, text]) => text.trimStart().startsWith('query'));

it.each(QUERIES)('lays %s out as the reference implementation does', (_, text) => {
  expect(layOut(text)).toBe(`${print(parse(text))}\n`);
});
