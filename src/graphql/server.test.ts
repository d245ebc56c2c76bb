import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALICE, BOB, type GraphqlForTests, startGraphql } from './server-for-tests.ts';

let api: GraphqlForTests;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

describe('queries and mutations', () => {
  it('runs a command and answers with its run and what it made', async () => {
    const { data, errors } = await api.ask(`mutation {
      convertToJson(input: { source: { uri: "data:text/csv,a,b%0A1,2" } }) {
        ... on CommandOutcome { run { id state kind steps { key state } resource { digest } } resource { mediaType json uri } }
        ... on Refusal { code message }
      }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ convertToJson: { run: { state: 'SUCCEEDED' } } });
  });
});
