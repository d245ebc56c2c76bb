import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONVERT_TO_JSON, CSV_INPUT, convertToJson } from '../../../../../test/support/surfaces/convert-to-json.ts';
import {
  ADMIN,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

describe('a command', () => {
  it('answers with its run and what it made', async () => {
    const outcome = await convertToJson(api);
    expect(outcome.run).toMatchObject({
      kind: 'COMMAND',
      state: 'SUCCEEDED',
      error: null,
      output: { fields: ['a', 'b'], rows: [{ a: '1', b: '2' }] },
      principal: { username: 'admin' },
      steps: [
        { state: 'SUCCEEDED', attempt: 1, decision: { effect: 'ALLOW', rule: { role: 'admin' }, nearMisses: [] } },
      ],
    });
    expect(outcome.resource.json).toEqual(outcome.run.output);
    expect(JSON.parse(Buffer.from(outcome.resource.base64, 'base64').toString())).toEqual(outcome.run.output);
    expect(outcome.resource.uri).toBe(`artifact:sha256/${outcome.resource.digest}`);
  });

  it('that was accepted and fails is data, not an error', async () => {
    const outcome = await convertToJson(api, { ...CSV_INPUT, schemaUri: 'data:application/json,{%22not%22:{}}' });
    expect(outcome).toMatchObject({
      __typename: 'CommandOutcome',
      run: { state: 'FAILED', error: { code: 'SCHEMA_VIOLATION' } },
      resource: null,
    });
  });

  it('that the policy denies is refused with the decision', async () => {
    const { data } = await api.ask(
      `mutation { convertToXml(input: { source: { uri: "data:,a" } }) { ... on Refusal { code decision { effect action canonicalUri roles } } } }`,
      {},
      BOB,
    );
    expect(data.convertToXml).toEqual({
      code: 'FORBIDDEN',
      decision: { effect: 'DENY', action: 'command:convertToXml', canonicalUri: 'data:text/plain', roles: ['user'] },
    });
  });

  it('with options that do not fit is refused with the place', async () => {
    const refusal = await convertToJson(api, { ...CSV_INPUT, delimiter: 'too long' });
    expect(refusal).toMatchObject({ code: 'BAD_INPUT', violations: [{ path: expect.stringContaining('delimiter') }] });
  });

  it('takes a source of exactly one kind', async () => {
    for (const source of [{}, { uri: 'data:,a', text: { text: 'a' } }, { uri: null }]) {
      const answer = await api.ask(CONVERT_TO_JSON, { input: { source } });
      expect([answer.status, answer.errors[0].extensions.code]).toEqual([422, 'BAD_INPUT']);
    }
    const text = await convertToJson(api, { source: { text: { text: 'a\n1' } }, mode: 'CSV', delimiter: null });
    const bytes = await convertToJson(api, { source: { bytes: { base64: 'YQox', mediaType: 'text/csv' } } });
    expect(text.resource.json).toEqual({ fields: ['a'], rows: [{ a: '1' }] });
    expect(bytes.resource.json).toEqual(text.resource.json);
  });

  it('takes a URI with its media type and charset, also to store its bytes', async () => {
    const uri = 'data:application/octet-stream,caf%E9%0A1';
    const typedUri = { uri, mediaType: 'text/csv', charset: 'windows-1252' };
    const converted = await convertToJson(api, { source: { typedUri } });
    expect(converted.resource.json).toEqual({ fields: ['café'], rows: [{ café: '1' }] });
    const mediaTypeOnly = await convertToJson(api, {
      source: { typedUri: { uri: 'data:,a%0A1', mediaType: 'text/csv' } },
    });
    expect(mediaTypeOnly.resource.json).toEqual({ fields: ['a'], rows: [{ a: '1' }] });

    const upload = async (source: object) => {
      const document = `mutation ($i: UploadArtifactInput!) { uploadArtifact(input: $i) {
        ... on Artifact { mediaType } ... on Refusal { code message } } }`;
      return (await api.ask(document, { i: { name: 'a.csv', source } })).data.uploadArtifact;
    };
    expect(await upload({ typedUri })).toEqual({ mediaType: 'text/csv;charset=windows-1252' });
    const refused = { code: 'BAD_INPUT', message: expect.stringContaining('charset') };
    expect(await upload({ typedUri: { uri, charset: 'x;y' } })).toEqual(refused);
    expect(await convertToJson(api, { source: { typedUri: { uri, charset: 'x;y' } } })).toMatchObject({
      __typename: 'Refusal',
      code: 'BAD_INPUT',
    });
  });

  it('asked for twice with one key runs once', async () => {
    const [one, two] = [
      await convertToJson(api, { ...CSV_INPUT, idempotencyKey: 'k1' }),
      await convertToJson(api, { ...CSV_INPUT, idempotencyKey: 'k1' }),
    ];
    const other = await convertToJson(api, { source: { uri: 'data:text/csv,c%0A1' }, idempotencyKey: 'k1' });
    expect(two.run.id).toBe(one.run.id);
    expect(other).toMatchObject({ __typename: 'Refusal', code: 'CONFLICT' });
  });

  it('runs by its name, too', async () => {
    const execute = (input: object) =>
      api.ask(
        `mutation ($i: ExecuteInput!) { execute(input: $i) { ... on CommandOutcome { run { state } resource { text } } ... on Refusal { code path } } }`,
        { i: input },
      );
    const known = await execute({ command: 'convertToBase64', source: { text: { text: 'hello' } } });
    const unknown = await execute({ command: 'nothing' });
    const noObject = await execute({ command: 'fetch', options: [1] });
    expect(known.data.execute.run.state).toBe('SUCCEEDED');
    expect(unknown.data.execute.code).toBe('NOT_FOUND');
    expect(noObject.data.execute).toEqual({ code: 'BAD_INPUT', path: ['input', 'options'] });
  });

  it('may be a pipeline', async () => {
    const { data } = await api.ask(`mutation { pipeline(input: { steps: [
      { command: "convertToJson", options: { source: { text: { text: "a\\n1", mediaType: "text/csv" } } } }
      { command: "convertToXml", options: { source: { uri: "$previous.output" } } }
    ] }) { ... on CommandOutcome { run { kind state steps { key dependsOn } } resource { mediaType text } } ... on Refusal { code message } } }`);
    expect(data.pipeline.run).toMatchObject({ kind: 'PIPELINE', state: 'SUCCEEDED' });
    expect(data.pipeline.run.steps[1].dependsOn).toEqual([data.pipeline.run.steps[0].key]);
    expect(data.pipeline.resource.text).toContain('<');
  });

  it('belongs to the trace of the request', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { data } = await api.send({
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${ADMIN}`,
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
      body: JSON.stringify({ query: CONVERT_TO_JSON, variables: { input: CSV_INPUT } }),
    });
    expect(data.convertToJson.run.traceId).toBe(traceId);
  });
});
