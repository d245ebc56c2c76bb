import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGitServer, type TestGitServer } from '../../../test/support/tools/git-server.ts';
import { testGitDeps } from '../../../test/support/tools/git-tools.ts';
import { createRemoteGateway, type GitDeps, remoteUri } from './remote.ts';

let server: TestGitServer;
let deps: GitDeps;
let gateway: Server;

beforeEach(async () => {
  server = await startTestGitServer();
  deps = testGitDeps({ allowedPrivateHosts: [server.host] });
  const { listener } = createRemoteGateway(remoteUri(server.remote), deps, {
    signal: new AbortController().signal,
    owner: undefined,
  });
  gateway = createServer(listener);
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  gateway.close();
  await deps.outgoing.close();
  await server.close();
});

/** A request to the gateway as a proxy, as a program in the sandbox can send it. */
function ask(method: string, url: string): Promise<{ status: number | undefined; body: string }> {
  const { port } = gateway.address() as AddressInfo;
  const headers = { authorization: 'Basic of-the-program' };
  return new Promise((resolve, reject) => {
    request({ port, method, path: url, headers }, async (response) => {
      resolve({ status: response.statusCode, body: await text(response) });
    })
      .once('error', reject)
      .end();
  });
}

describe('the way of git to a remote', () => {
  it('passes on what a push needs, without credentials of the program', async () => {
    const { status, body } = await ask('GET', `${server.remote}/info/refs?service=git-receive-pack`);
    expect(status).toBe(200);
    expect(body).toMatch(/^001f# service=git-receive-pack/);
    expect(server.authorizations).toEqual([undefined]);
  });

  it('leads nowhere else, neither on the same host nor on another one', async () => {
    const path = '/info/refs?service=git-receive-pack';
    for (const [method, url] of [
      ['GET', `${server.remote}/info/refs?service=git-upload-pack`],
      ['GET', `${server.remote}/info/refs`],
      ['GET', `${server.remote}/HEAD`],
      ['DELETE', `${server.remote}/git-receive-pack`],
      ['POST', `${server.remote}/git-upload-pack`],
      ['GET', `http://${server.host}/other.git${path}`],
      ['GET', `http://${server.host}/project.git/../other.git${path}`],
      ['GET', `http://other.example/project.git${path}`],
      ['GET', `https://${server.host}/project.git${path}`],
      ['GET', `/project.git${path}`],
    ] as const) {
      expect((await ask(method, url)).status, url).toBe(403);
    }
    expect(server.authorizations).toEqual([]);
  });
});
