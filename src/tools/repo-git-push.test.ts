import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesWith } from '../../test/support/runtime/processes.ts';
import { startTestGitServer, type TestGitServer } from '../../test/support/tools/git-server.ts';
import { testGitDeps, testGitTools } from '../../test/support/tools/git-tools.ts';
import {
  createTestToolContext,
  type TestToolContext,
  type TestToolContextOptions,
} from '../../test/support/tools/tool-context.ts';
import { createSecret } from '../config/secrets.ts';
import { Fault } from '../core/errors.ts';
import type { GuardDeps } from '../resources/outgoing/guarded-connector.ts';
import type { GitDeps } from './git/remote.ts';
import { repoGitPush } from './repo-git-push.ts';

// Self-signed for git.test until 2126; generated for this file, and useless elsewhere.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgv0a/vATvQifuzsV2
iLnCvrsCi7UCCOU20BYuC0TzcNihRANCAATTuu+sQxwDh8XI1y37TAwuMrc8132J
ZvBtEGdjMzwsJq26vBbhU0coHS2El21tzc7kDMGqepTTynuv+pEkGPce
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBkTCCATigAwIBAgIUde9zp3BnJSBAaWbX10Io16T4eUwwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIZ2l0LnRlc3QwIBcNMjYxMTI1MTYwMzQ5WhgPMjEyNjExMDEx
NjAzNDlaMBMxETAPBgNVBAMMCGdpdC50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAE07rvrEMcA4fFyNct+0wMLjK3PNd9iWbwbRBnYzM8LCaturwW4VNHKB0t
hJdtbc3O5AzBqnqU08p7r/qRJBj3HqNoMGYwHQYDVR0OBBYEFDoAp99lQD0PcMNv
GPOl8X0aQnVpMB8GA1UdIwQYMBaAFDoAp99lQD0PcMNvGPOl8X0aQnVpMBMGA1Ud
EQQMMAqCCGdpdC50ZXN0MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAw
RAIgRWW6dp8U7mL8grqQD6n6JMspv/FtMmXX9k5iCYgy8tkCIDBWYi9FLBP9/4P4
1ZEXynAZ63KqlBGli74e58eE9XJF
-----END CERTIFICATE-----`;

type PushSettings = Partial<Pick<GitDeps, 'token'> & Pick<GuardDeps, 'allowedPrivateHosts' | 'lookup'>>;

const PATH = { path: 'repo' };
const LOOPBACK = async () => [{ address: '127.0.0.1', family: 4 }];
const TOKEN = 'the-token-of-the-server';
const CREDENTIALS = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;

let server: TestGitServer;
let test: TestToolContext;
let head: string;
const ends: (() => Promise<void>)[] = [];

beforeEach(async () => {
  server = await startTestGitServer();
  ends.push(server.close);
  await begin();
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A repository with one commit. */
async function begin(options: TestToolContextOptions = {}, content = 'a\n'): Promise<void> {
  test = await createTestToolContext(options);
  ends.push(test.close);
  await testGitTools.init.run(PATH, test.context);
  head = await commit(content);
}

async function commit(content: string): Promise<string> {
  await writeFile(join(test.workspace, 'repo', 'file'), content);
  await testGitTools.addAll.run(PATH, test.context);
  return String((await testGitTools.commit.run({ ...PATH, message: 'feat: it' }, test.context)).head);
}

/** The dependencies of a server with these settings. */
function depsOf({ token, ...guard }: PushSettings): GitDeps {
  const deps = testGitDeps({ allowedPrivateHosts: [server.host], ...guard });
  ends.push(deps.outgoing.close);
  return { ...deps, ...(token && { token }) };
}

function push(input: { remote: string; branch?: string }, settings: PushSettings = {}) {
  return repoGitPush(depsOf(settings)).run({ ...PATH, ...input }, test.context);
}

/** Node trusts the certificate of `git.test` while `use` runs. */
async function withTrust(use: () => Promise<void>): Promise<void> {
  const usual = getCACertificates('default');
  setDefaultCACertificates([...usual, CERTIFICATE]);
  try {
    await use();
  } finally {
    setDefaultCACertificates(usual);
  }
}

describe('repo.git.push', () => {
  it('pushes the branch to the remote, and changes nothing when repeated', async () => {
    const { remote } = server;
    expect(await push({ remote })).toEqual({ path: 'repo', remote, branch: 'main', head, updated: true });
    expect(await push({ remote })).toMatchObject({ head, updated: false });
    expect((await server.git('rev-parse', 'main')).trim()).toBe(head);
  });

  it('pushes the given branch even if another one is checked out', async () => {
    await testGitTools.branch.run({ ...PATH, name: 'feature/x' }, test.context);
    await commit('b\n');
    expect(await push({ remote: server.remote, branch: 'main' })).toMatchObject({ branch: 'main', head });
    expect((await server.git('branch', '--format=%(refname:short)')).trim()).toBe('main');
    await expect(push({ remote: server.remote, branch: 'nowhere' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('pushes a repository that a program outside the sandbox has committed to, and changes none of its files', async () => {
    const repo = join(test.workspace, 'repo');
    if (process.getuid?.() === 0) {
      execFileSync('chown', ['-R', '0:0', test.workspace]);
      execFileSync('chmod', ['-R', 'go=', test.workspace]);
    }
    const files = () => readdirSync(repo, { recursive: true }).sort();
    const before = files();
    expect(await push({ remote: server.remote })).toMatchObject({ head, updated: true });
    expect(files()).toEqual(before);
  });

  it('never overwrites commits that only the remote has', async () => {
    await push({ remote: server.remote });
    await begin({}, 'another history\n');
    await expect(push({ remote: server.remote })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: /another branch/,
    });
  });

  it('asks the policy about the canonical URI of the remote', () => {
    const tool = repoGitPush(depsOf({}));
    const reached = tool.accessedUris?.({ ...PATH, remote: 'https://GIT.example:443/a/../project.git' });
    expect(reached?.map(({ href }) => href)).toEqual(['https://git.example/project.git']);
    expect(() => tool.accessedUris?.({ ...PATH, remote: 'file:///srv/project.git' })).toThrow(Fault);
  });

  it('sends the token to an https remote, and leaves it nowhere else', async () => {
    const secure = await startTestGitServer({ tls: { key: KEY, cert: CERTIFICATE }, expect: CREDENTIALS });
    ends.push(secure.close);
    const token = createSecret(Buffer.from(TOKEN));
    await withTrust(async () => {
      const settings = { token, allowedPrivateHosts: [secure.host], lookup: LOOPBACK };
      const pushed = await push({ remote: secure.remote }, settings);
      expect(pushed).toMatchObject({ remote: secure.remote, head, updated: true });
      expect(new Set(secure.authorizations)).toEqual(new Set([CREDENTIALS]));
      const options = { encoding: 'utf8' } as const;
      const { stdout } = spawnSync('grep', ['-rlE', `${TOKEN}|${CREDENTIALS.slice(6)}`, test.workspace], options);
      expect(stdout).toBe('');
      expect(JSON.stringify([test.logged, pushed])).not.toContain(TOKEN);
    });
  });

  it('reports that the token is rejected', async () => {
    const secure = await startTestGitServer({ tls: { key: KEY, cert: CERTIFICATE }, expect: 'Basic another' });
    ends.push(secure.close);
    const settings = { allowedPrivateHosts: [secure.host], lookup: LOOPBACK };
    const token = createSecret(Buffer.from(TOKEN));
    await withTrust(async () => {
      for (const more of [{}, { token }]) {
        const refused = push({ remote: secure.remote }, { ...settings, ...more });
        await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN', message: /GIT_TOKEN/ });
        await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining(TOKEN) });
      }
    });
    const untrusted = push({ remote: secure.remote }, settings);
    await expect(untrusted).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE', message: /certificate/ });
  });

  it('never sends the token over plain http or to the target of a redirect', async () => {
    const token = createSecret(Buffer.from(TOKEN));
    await push({ remote: server.remote }, { token });
    expect(server.authorizations.length).toBeGreaterThan(1);
    expect(server.authorizations.every((each) => each === undefined)).toBe(true);
    const before = server.authorizations.length;
    const elsewhere = await startTestGitServer({
      tls: { key: KEY, cert: CERTIFICATE },
      answer: (_, response) => response.writeHead(302, { location: `${server.remote}/info/refs` }).end(),
    });
    ends.push(elsewhere.close);
    await withTrust(async () => {
      const settings = { token, allowedPrivateHosts: [elsewhere.host, server.host], lookup: LOOPBACK };
      const redirected = push({ remote: elsewhere.remote }, settings);
      await expect(redirected).rejects.toMatchObject({ code: 'BAD_INPUT', message: /redirects/ });
    });
    expect(server.authorizations.length).toBe(before);
  });

  it('rejects addresses that are not public, whatever the name', async () => {
    const port = new URL(server.remote).port;
    const lookup = async () => [{ address: '93.184.215.14', family: 4 }, ...(await LOOPBACK())];
    for (const host of ['127.0.0.1', '2130706433', '[::1]', '[::ffff:127.0.0.1]', 'rebound.example']) {
      const refused = push({ remote: `http://${host}:${port}/project.git` }, { allowedPrivateHosts: [], lookup });
      await expect(refused, host).rejects.toMatchObject({ code: 'FORBIDDEN', message: /not public/ });
    }
    expect(server.authorizations).toEqual([]);
  });

  it('connects to the address that was checked', async () => {
    const port = new URL(server.remote).port;
    const remote = `http://pinned.example:${port}/project.git`;
    const settings = {
      allowedPrivateHosts: [`pinned.example:${port}`],
      lookup: LOOPBACK,
    };
    expect(await push({ remote }, settings)).toMatchObject({ updated: true });
  });

  it('accepts only http and https remotes', async () => {
    for (const remote of [
      'ext::sh -c touch% /tmp/x',
      '/etc',
      'git@example.com:a/b',
      '--receive-pack=x',
      'ssh://example.com/a',
    ]) {
      await expect(push({ remote }), remote).rejects.toBeInstanceOf(Fault);
    }
    for (const remote of ['data:text/plain,x', 'file:///data/repo.git']) {
      await expect(push({ remote }), remote).rejects.toMatchObject({ code: 'UNSUPPORTED_SCHEME' });
    }
    await expect(push({ remote: `http://me:pw@${server.host}/x` })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it.each([
    [404, 'NOT_FOUND'],
    [403, 'FORBIDDEN'],
    [429, 'THROTTLED'],
    [503, 'RESOURCE_UNREACHABLE'],
  ])('fails with the right code for status %i', async (status, code) => {
    const odd = await startTestGitServer({ answer: (_, response) => response.writeHead(status).end('odd') });
    ends.push(odd.close);
    await expect(push({ remote: odd.remote }, { allowedPrivateHosts: [odd.host] })).rejects.toMatchObject({ code });
  });

  it('fails for an unreachable remote', async () => {
    await server.close();
    await expect(push({ remote: server.remote })).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE' });
    ends.length = 0;
    ends.push(test.close);
  });

  it('ends with the signal, together with all processes that it started', async () => {
    const stop = new AbortController();
    await begin({ signal: stop.signal });
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const silent: Server = createServer(() => asked());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const pushing = push({ remote: `http://${host}/x.git` }, { allowedPrivateHosts: [host] });
    await isAsked;
    stop.abort();
    await expect(pushing).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect.poll(() => processesWith(host)).toEqual([]);
    silent.closeAllConnections();
    silent.close();
  });
});
