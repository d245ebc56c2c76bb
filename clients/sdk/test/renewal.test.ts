import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { ViewerDocument } from '../src/generated/graphql.ts';
import type { SignalboxError } from '../src/transport/signalbox-error.ts';
import { adminClient, cleanUp, clientOf, convert } from './test-clients.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterEach(cleanUp);
afterAll(async () => {
  await server?.stop('SIGKILL');
});

/** A token, as of a sign-in, that the server accepts for that many seconds. */
async function shortToken(seconds: number) {
  const token = await tokenFor('admin', { roles: ['admin'], expiresIn: `${seconds}s`, isOfSignIn: true });
  return { token, expiresAt: new Date(Date.now() + seconds * 1000).toISOString() };
}

/** Whether the server accepts a token. */
async function isAccepted(token: string): Promise<boolean> {
  const { errors } = await server.query('{ runs(first: 1) { nodes { id } } }', {}, token);
  return errors === undefined;
}

/** A `fetch` that counts the renewals, may lose the first, and may give sessions another end. */
function watchedFetch(options: { readonly expiresAt?: () => string; readonly losesFirst?: boolean } = {}) {
  let renewals = 0;
  const watched: typeof fetch = async (url, init) => {
    if (String(init?.body).includes('renewSession')) {
      renewals += 1;
      if (options.losesFirst && renewals === 1) throw new TypeError('fetch failed');
    }
    const response = await fetch(url, init);
    if (!options.expiresAt) return response;
    const body = (await response.json()) as { data?: Record<string, { token?: string; expiresAt: string }> };
    const session = Object.values(body.data ?? {}).find((value) => typeof value?.token === 'string');
    if (session) session.expiresAt = options.expiresAt();
    return Response.json(body, { status: response.status });
  };
  return { fetch: watched, renewals: () => renewals };
}

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('a token whose end is known', () => {
  it('is renewed before that, and open subscriptions continue without an interruption, each event once', async () => {
    const admin = await adminClient(server.url);
    const interruptions: SignalboxError[] = [];
    const session = await shortToken(4);
    const client = clientOf({ url: server.url, ...session, onInterrupted: (error) => interruptions.push(error) });
    const { run: first } = await convert(admin, 'a\n1\n');
    const { cursor } = await admin.runs.get(first.id);
    const seen: string[] = [];
    const reading = Array.fromAsync(client.events({ after: cursor }), (event) =>
      seen.push(`${event.runId} ${event.seq}`),
    );
    await expect.poll(() => isAccepted(session.token)).toBe(false);
    const { run } = await convert(admin, 'a\n2\n');
    const expected = (await Array.fromAsync(admin.runs.events(run.id))).map(({ seq }) => `${run.id} ${seq}`);
    await expect.poll(() => seen).toEqual(expected);
    expect((await client.request(ViewerDocument)).viewer?.username).toBe('admin');
    expect(interruptions).toEqual([]);
    client.close();
    await reading;
  });

  it('is renewed although the server could not be asked at first', async () => {
    const watched = watchedFetch({ losesFirst: true });
    const session = await shortToken(6);
    const client = clientOf({ url: server.url, ...session, fetch: watched.fetch });
    await expect.poll(() => isAccepted(session.token)).toBe(false);
    expect(watched.renewals()).toBe(2);
    expect((await client.request(ViewerDocument)).viewer?.username).toBe('admin');
  });

  it('is sent to its end when the server does not renew it', async () => {
    const alice = clientOf({ url: server.url });
    await alice.signIn('alice', 'alice');
    const { createApiToken } = (await alice.request(
      'mutation { createApiToken(input: { name: "ci", roles: ["analyst"] }) { ... on NewApiToken { token } } }',
    )) as { createApiToken: { token: string } };
    const watched = watchedFetch();
    const expiresAt = inMs(2_000);
    const client = clientOf({ url: server.url, token: createApiToken.token, expiresAt, fetch: watched.fetch });
    await expect.poll(() => Date.now() > Date.parse(expiresAt)).toBe(true);
    expect(watched.renewals()).toBe(1);
    expect((await client.request(ViewerDocument)).viewer?.username).toBe('alice');
  });
});

describe('signIn', () => {
  it('renews its token, and those that follow', async () => {
    const watched = watchedFetch({ expiresAt: () => inMs(2_000) });
    const client = clientOf({ url: server.url, fetch: watched.fetch });
    await client.signIn('alice', 'alice');
    await expect.poll(watched.renewals).toBeGreaterThanOrEqual(3);
    expect((await client.request(ViewerDocument)).viewer?.username).toBe('alice');
  });

  it('renews no more when another token would not last longer', async () => {
    const end = inMs(3_000);
    const watched = watchedFetch({ expiresAt: () => end });
    await clientOf({ url: server.url, fetch: watched.fetch }).signIn('alice', 'alice');
    await expect.poll(() => Date.now() > Date.parse(end)).toBe(true);
    expect(watched.renewals()).toBe(1);
  });

  it('does not keep a program alive', async () => {
    const program = `
      import { createClient } from '${join(import.meta.dirname, '../src/index.ts')}';
      await createClient({ url: '${server.url}' }).signIn('alice', 'alice');
      console.log('signed in');`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    expect(stdout).toBe('signed in\n');
  });
});
