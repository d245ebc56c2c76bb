import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { createTempFolder } from '../../../test/support/temp-folder.ts';

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { NODE_ENV: 'development' } });
});

afterAll(async () => {
  await server?.stop();
});

/** A command line with its own profiles. */
function signalboxIn(folder: string) {
  return (args: readonly string[], input?: string) =>
    runCli(args, { env: { XDG_CONFIG_HOME: folder }, ...(input !== undefined && { input }) });
}

const hostsIn = async (folder: string) => JSON.parse(await readFile(join(folder, 'signalbox', 'hosts.json'), 'utf8'));
const login = (url: string) => ['login', '--url', url, '--user', 'alice', '--password-stdin'];
const accessOf = async (token: string) =>
  (await server.query('{ runs(first: 1) { nodes { id } } }', {}, token)).errors ?? 'known';

describe('logout', () => {
  it('ends the sign-in at the server, and no other one of the same user', async () => {
    await using folder = await createTempFolder();
    const signalbox = signalboxIn(folder.path);
    await signalbox([...login(server.url), '--profile', 'other'], 'alice\n');
    await signalbox(login(server.url), 'alice\n');
    const { default: here, other } = await hostsIn(folder.path);
    expect(await accessOf(here.token)).toBe('known');
    const out = await signalbox(['logout']);
    expect(out).toEqual({ code: 0, output: '', complaint: `alice is signed out of ${server.url} (profile default).` });
    expect(await accessOf(here.token)).toMatchObject([
      { message: expect.stringContaining('You have signed out'), extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    expect(await accessOf(other.token)).toBe('known');
    expect(await hostsIn(folder.path)).toEqual({ other });
    const again = await signalbox(['logout']);
    expect(again).toEqual({ code: 0, output: '', complaint: 'Nobody is signed in (profile default).' });
  });

  it('deletes a token that has ended already', async () => {
    await using folder = await createTempFolder();
    const signalbox = signalboxIn(folder.path);
    await signalbox(login(server.url), 'alice\n');
    const { default: host } = await hostsIn(folder.path);
    await server.query('mutation { signOut { __typename } }', {}, host.token);
    expect((await signalbox(['logout'])).code).toBe(0);
    expect(await hostsIn(folder.path)).toEqual({});
  });

  it('deletes an API token and one of another issuer here, and says that they stay valid', async () => {
    await using folder = await createTempFolder();
    const signalbox = signalboxIn(folder.path);
    const root = await tokenFor('root', { roles: ['admin'] });
    const create =
      'mutation { createApiToken(input: { name: "x", roles: ["admin"] }) { ... on NewApiToken { token } } }';
    const { token: program } = (await server.query(create, {}, root)).data.createApiToken;
    for (const token of [program, root]) {
      expect((await signalbox(['login', '--url', server.url, '--token-stdin'], token)).code).toBe(0);
      const { code, complaint } = await signalbox(['logout']);
      expect([code, complaint]).toEqual([0, expect.stringContaining(`${server.url} accepts it until it ends`)]);
      expect([await hostsIn(folder.path), await accessOf(token)]).toEqual([{}, 'known']);
    }
  });

  it('deletes the token here when the server cannot be reached, says so, and exits with 4', async () => {
    await using folder = await createTempFolder();
    const signalbox = signalboxIn(folder.path);
    await using gone = await startServer({ env: { NODE_ENV: 'development' } });
    await signalbox(login(gone.url), 'alice\n');
    await gone.stop();
    const { code, output, complaint } = await signalbox(['logout']);
    expect([code, output, complaint]).toEqual([4, '', expect.stringContaining('deleted here')]);
    expect(await hostsIn(folder.path)).toEqual({});
  });
});
