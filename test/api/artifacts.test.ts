import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvSource, jsonSource, runCommand } from '../support/outcome.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';

let server: Server;
let token: string;

const command = (name: string, input: object) => runCommand(server, token, name, input);

beforeAll(async () => {
  server = await startServer({ env: { FETCH_MAX_BYTES: '1000000' } });
  token = await tokenFor('anna', { roles: ['analyst'] });
});

afterAll(async () => {
  await server?.stop('SIGKILL');
});

describe('an artifact', () => {
  const rows = Array.from({ length: 5_000 }, (_, i) => ({ id: i, name: `name ${i}` }));

  it('holds an output over 64 KiB, and is downloaded unchanged', async () => {
    const { run, resource } = await command('convertToCsv', { source: jsonSource(rows) });
    expect(resource.size).toBeGreaterThan(64 * 1024);
    expect(resource.url).toBe(`/artifacts/${resource.digest}`);
    const download = await server.fetch(resource.url, { token });
    expect(download.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(download.headers.get('content-disposition')).toMatch(/^attachment; filename="convertToCsv\.csv"/);
    const bytes = Buffer.from(await download.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(resource.digest);
    expect(bytes.toString()).toBe(resource.text);

    const part = await server.fetch(resource.url, { token, headers: { range: 'bytes=4-9' } });
    expect([part.status, await part.text()]).toEqual([206, bytes.subarray(4, 10).toString()]);
    const { data } = await server.query(
      `{ run(id: "${run.id}") { artifacts { nodes { digest name size step { key } } } } }`,
      {},
      token,
    );
    expect(data.run.artifacts.nodes).toMatchObject([{ digest: resource.digest, step: { key: 'convertToCsv' } }]);
  });

  it('requires a token', async () => {
    const { resource } = await command('convertToCsv', { source: jsonSource(rows) });
    expect((await server.fetch(resource.url)).status).toBe(401);
  });

  it('is created by uploadArtifact, and is a source like any other', async () => {
    const upload = `mutation ($input: UploadArtifactInput!) {
      uploadArtifact(input: $input) { ... on Artifact { digest name mediaType run { state } } ... on Refusal { code message } }
    }`;
    const { data } = await server.query(
      upload,
      { input: { name: 'products.csv', source: csvSource('name,price\nLamp,12.50\n') } },
      token,
    );
    expect(data.uploadArtifact).toMatchObject({
      name: 'products.csv',
      mediaType: 'text/csv',
      run: { state: 'SUCCEEDED' },
    });
    const uri = `artifact:sha256/${data.uploadArtifact.digest}`;
    const { resource } = await command('convertToJson', { source: { uri } });
    expect(resource.json.rows).toEqual([{ name: 'Lamp', price: '12.50' }]);
  });

  it('is created by POST /artifacts, up to FETCH_MAX_BYTES', async () => {
    const body = `a,b\n${'1,2\n'.repeat(200_000)}`;
    const headers = { 'content-type': 'text/csv' };
    const upload = await server.fetch('/artifacts?name=big.csv', { method: 'POST', headers, body, token });
    expect(upload.status).toBe(201);
    const artifact = (await upload.json()) as { digest: string; size: number };
    expect(artifact.size).toBe(body.length);
    const { resource } = await command('fetch', { source: { uri: `artifact:sha256/${artifact.digest}` } });
    expect(resource).toMatchObject({ digest: artifact.digest, mediaType: 'text/csv' });

    const tooLarge = await server.fetch('/artifacts', { method: 'POST', headers, body: `${body}${body}`, token });
    expect(tooLarge.status).toBe(413);
    expect(await tooLarge.json()).toMatchObject({ error: { code: 'RESOURCE_TOO_LARGE' } });
  });
});
