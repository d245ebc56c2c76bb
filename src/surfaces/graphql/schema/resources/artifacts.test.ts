import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

const UPLOAD = `mutation ($name: String!, $text: String!, $mediaType: MediaType) {
  uploadArtifact(input: { name: $name, source: { text: { text: $text, mediaType: $mediaType } } }) { ... on Artifact { id run { id } createdAt } ... on Refusal { message } } }`;
const LIST = `query ($filter: ArtifactFilter, $first: Int, $after: String) {
  artifacts(filter: $filter, first: $first, after: $after) { nodes { id name } pageInfo { hasNextPage endCursor } totalCount } }`;

let api: TestGraphqlServer;
const uploads: { id: string; run: { id: string }; createdAt: string }[] = [];
beforeAll(async () => {
  api = await startGraphql();
  const files = [
    ['report.html', 'text/html', ALICE],
    ['table.csv', 'text/csv', ALICE],
    ['Report.txt', 'text/plain', ADMIN],
  ] as const;
  for (const [name, mediaType, caller] of files) {
    const { data } = await api.ask(UPLOAD, { name, text: `the text of ${name}`, mediaType }, caller);
    uploads.push(data.uploadArtifact);
  }
});
afterAll(() => api.close());

const list = async (variables: object, caller = ADMIN) => (await api.ask(LIST, variables, caller)).data.artifacts;
const namesOf = async (filter: object, caller = ADMIN) =>
  (await list({ filter }, caller)).nodes.map(({ name }: { name: string }) => name);

describe('artifacts', () => {
  it('are listed newest first: of all runs that the caller may see', async () => {
    expect(await namesOf({})).toEqual(['Report.txt', 'table.csv', 'report.html']);
    expect(await namesOf({}, ALICE)).toEqual(['table.csv', 'report.html']);
    expect(await namesOf({}, BOB)).toEqual([]);
  });

  it('are filtered by run, name, media type and time', async () => {
    expect(await namesOf({ run: uploads[1]?.run.id })).toEqual(['table.csv']);
    expect(await namesOf({ text: 'REPORT' })).toEqual(['Report.txt', 'report.html']);
    expect(await namesOf({ mediaType: 'text/csv' })).toEqual(['table.csv']);
    expect(await namesOf({ mediaType: 'text/*', since: uploads[1]?.createdAt })).toEqual(['Report.txt', 'table.csv']);
    expect((await api.ask(LIST, { filter: { text: '' } }, ADMIN)).errors[0].extensions.code).toBe('BAD_INPUT');
  });

  it('come in pages', async () => {
    const first = await list({ first: 2 });
    expect(first).toMatchObject({ pageInfo: { hasNextPage: true }, totalCount: 3 });
    const second = await list({ first: 2, after: first.pageInfo.endCursor });
    expect(second.nodes.map(({ name }: { name: string }) => name)).toEqual(['report.html']);
  });
});
