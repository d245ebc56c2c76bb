import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ADMIN,
  type Answer,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../test/support/surfaces/graphql-server.ts';
import { Fault } from '../../../core/errors.ts';
import type { Health } from '../../../core/telemetry.ts';

const health = vi.fn<() => Promise<Health>>();
let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql({ app: { health } });
});
afterAll(() => api.close());

const failWith = async (error: unknown): Promise<Answer> => {
  health.mockRejectedValueOnce(error);
  return api.ask('{ catalog { commands { name } } health { status } }');
};

describe('an error that is not the caller’s', () => {
  it('is told as a reference only, under which the log has it', async () => {
    const { data, errors, status } = await failWith(new Error('password=hunter2 at /etc/secret'));
    expect(status).toBe(200);
    expect(data).toBeNull();
    expect(errors).toEqual([
      {
        message: expect.stringMatching(
          /^An unexpected error occurred\. The log has it under the reference [0-9a-f-]{36}\.$/,
        ),
        path: ['health'],
        locations: expect.anything(),
        extensions: { code: 'INTERNAL' },
      },
    ]);
    const [, reference] = /reference ([0-9a-f-]{36})/.exec(errors[0].message) ?? [];
    const logged = api.logs.find(({ event, fields }) => event === 'graphql.bug' && fields?.reference === reference);
    expect(logged?.level).toBe('error');
    expect(String(logged?.fields?.error)).toContain('hunter2');
  });

  it('is masked also when it is no Error, or a value that does not fit its type', async () => {
    const thrown = await failWith('a string with hunter2');
    health.mockResolvedValueOnce({ status: 'hunter2', version: '1', uptimeMs: 1, checks: [] } as never);
    const wrong = await api.ask('{ health { status } }');
    for (const { errors } of [thrown, wrong]) {
      expect(errors[0].extensions).toEqual({ code: 'INTERNAL' });
      expect(JSON.stringify(errors)).not.toContain('hunter2');
    }
  });

  it('that a Fault calls INTERNAL is masked, too', async () => {
    const { errors } = await failWith(new Fault('INTERNAL', 'hunter2'));
    expect(errors[0].extensions.code).toBe('INTERNAL');
    expect(errors[0].message).not.toContain('hunter2');
  });
});

describe('a Fault', () => {
  it('is told with its code, its place in the answer, and what it carries', async () => {
    const { errors, status } = await failWith(
      new Fault('UNAVAILABLE', 'Come back later.', {
        retryAfterMs: 500,
        path: ['input', 'x'],
        violations: [{ path: '/x', message: 'is wrong' }],
        cause: new Error('hunter2'),
      }),
    );
    expect(status).toBe(200);
    expect(errors[0]).toMatchObject({
      message: 'Come back later.',
      extensions: { code: 'UNAVAILABLE', retryAfterMs: 500, violations: [{ path: '/x', message: 'is wrong' }] },
    });
    expect(JSON.stringify(errors)).not.toMatch(/hunter2|stack/);
  });
});

describe('trusted documents', () => {
  const query = 'query Health { health { status } }';
  const digest = createHash('sha256').update(query).digest('hex');
  let folder: string;
  let trusting: TestGraphqlServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-trusted-'));
    const file = join(folder, 'documents.json');
    await writeFile(file, JSON.stringify({ [digest]: query }));
    trusting = await startGraphql({ env: { TRUSTED_DOCUMENTS: file } });
  });
  afterAll(async () => {
    await trusting.close();
    await rm(folder, { recursive: true });
  });

  const send = (body: object) =>
    trusting.send({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  it('are run by their id, by their hash and by their text', async () => {
    for (const body of [
      { documentId: `sha256:${digest}` },
      { extensions: { persistedQuery: { version: 1, sha256Hash: digest } } },
      { query },
    ]) {
      expect((await send(body)).data).toEqual({ health: { status: 'OK' } });
    }
  });

  it('are the only ones that run, over WebSocket too', async () => {
    for (const body of [{ query: `${query} ` }, { documentId: 'sha256:00' }, { query: '{ __typename }' }]) {
      const { status, errors } = await send(body);
      expect([status, errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
    }
    const results = trusting.client(ADMIN).iterate({ query: '{ viewer { username } }' });
    await expect(results.next()).rejects.toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const trusted = trusting
      .client(ADMIN)
      .iterate({ query: '', extensions: { persistedQuery: { sha256Hash: digest } } });
    expect((await trusted.next()).value).toEqual({ data: { health: { status: 'OK' } } });
  });

  it('of a file that does not hold what it says stop the start', async () => {
    const file = join(folder, 'wrong.json');
    await writeFile(file, JSON.stringify({ [digest]: 'query Other { health { status } }' }));
    await expect(startGraphql({ env: { TRUSTED_DOCUMENTS: file } })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(digest),
    });
  });
});
