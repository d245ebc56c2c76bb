import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type Server, startServer, tokenFor } from '../support/server.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { bearer, type CallerHeaders, openLongStreams, pageOf } from '../support/surfaces/long-streams.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'correct horse battery';
/** What every node needs at most to end them. */
const LIMIT_MS = 5_000;
const START = `mutation { convertToJson(input: { source: { uri: "data:text/csv,a%0A1" } }) { ... on CommandOutcome { run { id } } } }`;

await onPostgres(() => {
  describe('three streams on each of two nodes', () => {
    const stack = new AsyncDisposableStack();
    const nodes: Server[] = [];
    let env: Record<string, string>;
    let other: string;
    beforeAll(async () => {
      const folder = stack.use(await createTempFolder());
      const database = stack.adopt(await createMigratedDatabase(), ({ remove }) => remove());
      const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
      const CHECKPOINT_KEY_FILE = join(folder.path, 'key.pem');
      await writeFile(CHECKPOINT_KEY_FILE, pem, { mode: 0o600 });
      env = { DATABASE_URL: database.url, CHECKPOINT_KEY_FILE, ARTIFACTS_DIR: join(folder.path, 'artifacts') };
      for (const name of ['a', 'b'])
        nodes.push(stack.use(await startServer({ env, dataDir: join(folder.path, name) })));
      other = await tokenFor('someone-else', { roles: ['admin'] });
      // Somebody must be left who may undo what happens to ann.
      for (const name of ['ann', 'root']) await signalbox('user', 'add', name, '--roles', 'admin,user');
    });
    afterAll(() => stack.disposeAsync());

    const signalbox = async (...args: string[]) => {
      const { code, output, complaint } = await runCli(args, { env, input: PASSWORD });
      expect(code, complaint).toBe(0);
      return output;
    };
    const setDisabled = async (disabled: boolean) => {
      const query = `mutation { updateAccount(input: { username: "ann", disabled: ${disabled} }) {
        ... on Account { disabled } ... on Refusal { message } } }`;
      expect((await ask(nodeAt(1), query, bearer(other))).data.updateAccount).toEqual({ disabled });
    };
    const nodeAt = (index: number) => nodes[index] as Server;
    const signIn = (node: Server) =>
      node.fetch('/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: node.url },
        body: JSON.stringify({ username: 'ann', password: PASSWORD }),
      });
    /** The cookie of a new session. A node may learn of the account a moment later. */
    const startSession = async () => {
      const response = await until('ann may sign in', async () => {
        const answer = await signIn(nodeAt(0));
        return answer.status === 201 && answer;
      });
      const [cookie = ''] = response.headers.getSetCookie();
      return cookie.replace(/;.*/, '');
    };
    const ask = async (node: Server, query: string, caller: CallerHeaders) => {
      const headers = { 'content-type': 'application/json', ...caller };
      const answer = await node.fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
      // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the result
      return (await answer.json()) as any;
    };
    const isSignedIn = async (node: Server, caller: CallerHeaders) =>
      (await ask(node, '{ viewer { username } }', caller)).data.viewer?.username === 'ann';

    /**
     * Opens the streams on both nodes, and ends what they hang on while other events happen all the time.
     * @param caller headers of the caller at a node
     */
    const expectEnds = async (caller: (node: Server) => CallerHeaders, end: () => Promise<void>) => {
      for (const node of nodes) await until('the node knows the caller', () => isSignedIn(node, caller(node)));
      const streams = await Promise.all(nodes.map((node) => openLongStreams(node, caller(node))));
      let isOver = false;
      const busy = nodes.map(async (node) => {
        while (!isOver) expect((await ask(node, START, bearer(other))).data.convertToJson).toHaveProperty('run');
      });
      await until('events arrive everywhere', () => streams.every((stream) => stream.delivered().length > 10));
      const began = Date.now();
      await end();
      const ends = await Promise.all(streams.map((stream) => stream.ends));
      const took = Date.now() - began;
      isOver = true;
      await Promise.all(busy);
      expect(took).toBeLessThan(LIMIT_MS);
      for (const [code, text] of ends) {
        expect(code).toBe(4403);
        expect(text).toContain('Then continue from your last cursor.');
      }
      const last = Math.max(...streams.flatMap((stream) => stream.delivered()));
      expect(last).toBeLessThan(began + LIMIT_MS);
      for (const node of nodes) expect(await isSignedIn(node, caller(node))).toBe(false);
    };

    it('end when the session of a browser is deleted, and those of another session do not', async () => {
      const [cookie, kept] = [await startSession(), await startSession()];
      const node = nodeAt(1);
      const others = await openLongStreams(node, pageOf(node, kept));
      let isOpen = true;
      void others.ends.finally(() => {
        isOpen = false;
      });
      await expectEnds(
        (at) => pageOf(at, cookie),
        async () => {
          const answer = await node.fetch('/session', { method: 'DELETE', headers: pageOf(node, cookie) });
          expect(answer.status).toBe(204);
        },
      );
      expect(isOpen).toBe(true);
      expect(await isSignedIn(node, pageOf(node, kept))).toBe(true);
    });

    it('end when an API token is revoked', async () => {
      const cookie = await startSession();
      const page = pageOf(nodeAt(0), cookie);
      const CREATE = `mutation { createApiToken(input: { name: "ci", roles: ["admin"] }) {
        ... on NewApiToken { token apiToken { id } } ... on Refusal { message } } }`;
      const { token, apiToken } = (await ask(nodeAt(0), CREATE, page)).data.createApiToken;
      await expectEnds(
        () => bearer(token),
        async () => {
          const REVOKE = `mutation { revokeApiToken(id: "${apiToken.id}") { ... on ApiToken { id } ... on Refusal { message } } }`;
          expect((await ask(nodeAt(0), REVOKE, page)).data.revokeApiToken).toEqual({ id: apiToken.id });
        },
      );
    });

    it('end when the account is disabled, which ends its tokens and sessions for good', async () => {
      const cookie = await startSession();
      const token = await signalbox('token', 'create', 'ci', '--user', 'ann', '--roles', 'admin', '--days', '1');
      expect(token).toMatch(/^sbx_/);
      expect(await signalbox('token', 'list')).toMatch(/^tok_\w+ +ann +ci +admin +[\dTZ:.-]+$/m);
      await expectEnds(
        () => bearer(token),
        () => setDisabled(true),
      );
      expect((await signIn(nodeAt(0))).status).toBe(401);
      await setDisabled(false);
      await startSession();
      for (const node of nodes) {
        expect(await isSignedIn(node, bearer(token))).toBe(false);
        expect(await isSignedIn(node, pageOf(node, cookie))).toBe(false);
      }
    });
  });
});
