import { type AuditResult, auditServer } from 'graphql-http';
import { beforeAll, expect, it } from 'vitest';
import { startServer } from '../support/server.ts';

/** Audits of an older draft. The one of August 2026 ("Status Codes", "Body") has another status for each of them. */
const SUPERSEDED = {
  'a request that is not well-formed is answered with 422, no longer with 400': [
    ...['423L', '3E3A', 'LKJ0', 'LKJ1', 'LKJ2', 'LKJ3', '6C00', '6C01', '6C02', '6C03'],
    ...['4760', '4761', '4762', '4763', '58B0', '58B1', '58B2', '58B3'],
  ],
  'variables that cannot be coerced are answered with 422, no longer with 400': ['86EE'],
  'a client that accepts application/json alone receives the status of the error, no longer 200': [
    ...['572B', 'FDE2', '7B9B'],
  ],
};

let results: readonly AuditResult[];
beforeAll(async () => {
  await using server = await startServer();
  results = await auditServer({
    url: `${server.url}/graphql`,
    // No page of another site can send a GET with this header, which is why the server requires it.
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...init.headers, 'graphql-require-preflight': '1' } }),
  });
});

it('passes every audit of graphql-http but those of an older draft', () => {
  const failures = results.filter(({ status }) => status !== 'ok').map(({ id }) => id);
  expect(failures.toSorted()).toEqual(Object.values(SUPERSEDED).flat().toSorted());
  expect(results).toHaveLength(61);
});

it.each(Object.entries(SUPERSEDED))('contradicts no requirement where %s', (_, ids) => {
  const superseded = results.filter(({ id }) => ids.includes(id));
  expect(superseded.filter(({ name }) => name.startsWith('MUST'))).toEqual([]);
});
