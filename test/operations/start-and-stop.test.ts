import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, startProgram, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { startWebServer } from '../support/web-server.ts';

const MIB = 2 ** 20;
/** Measured: 190, in a new data folder. */
const IDLE_MIB = 200;

const FETCH = `mutation ($uri: URI!) {
  fetch(input: { source: { uri: $uri } }) {
    ... on CommandOutcome { run { id state } resource { text } }
    ... on Refusal { code message retryAfterMs }
  }
}`;
const SIGN_IN = `mutation ($username: String!, $password: String!) {
  signIn(input: { username: $username, password: $password }) {
    ... on Session { token principal { roles } }
    ... on Refusal { code }
  }
}`;

const anna = () => tokenFor('anna', { roles: ['analyst'] });

/** A web server that answers when the test says so. */
async function startSlowWeb() {
  const { promise, resolve: answer } = Promise.withResolvers<void>();
  const web = await startWebServer((_, res) => void promise.then(() => res.end('slow')));
  return { web, answer };
}

describe('the start', () => {
  it('needs only a data folder, which it creates', async () => {
    await using folder = await createTempFolder();
    await using server = await startServer({ dataDir: join(folder.path, 'not', 'there') });
    const { status, data } = await server.query('{ health { status checks { name status } } viewer { username } }');
    expect(status).toBe(200);
    expect(data).toMatchObject({ health: { status: 'OK' }, viewer: null });
    expect((await server.fetch('/health')).status).toBe(200);
  });

  it('prints the URLs of the dashboard, GraphiQL and the API, and in development the accounts, which work', async () => {
    await using server = await startServer();
    const banner = await until('the banner', () => server.stdoutLines.length >= 5 && server.stdoutLines.join('\n'));
    expect(banner).toContain(`Dashboard ${server.url}/`);
    expect(banner).toContain(`GraphiQL  ${server.url}/graphql`);
    expect(banner).toContain(`API       ${server.url}/graphql`);
    for (const [name, role] of Object.entries({ admin: 'admin', alice: 'analyst', bob: 'user' })) {
      expect(banner).toContain(`${name}/${name} (${role})`);
      const { data } = await server.query(SIGN_IN, { username: name, password: name });
      expect(data.signIn.principal.roles).toEqual([role]);
    }
    const page = await server.fetch('/graphql', { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<title>Signalbox</title>');
  });

  it('has no accounts, no GraphiQL and no introspection in production', async () => {
    await using server = await startServer({ env: { NODE_ENV: 'production', HOST: '127.0.0.1' } });
    expect(server.stdoutLines.join('\n')).not.toMatch(/Accounts|GraphiQL/);
    const { data } = await server.query(SIGN_IN, { username: 'admin', password: 'admin' });
    expect(data.signIn.code).toBe('UNAUTHENTICATED');
    const page = await server.fetch('/graphql', { headers: { accept: 'text/html' } });
    expect(await page.text()).not.toContain('<title>');
    expect((await server.query('{ __schema { queryType { name } } }')).errors?.[0].message).toContain('introspection');
  });

  it('is refused in production without a secret', async () => {
    const { code, output, complaint } = await runCli(['serve'], {
      env: { NODE_ENV: 'production', HOST: '127.0.0.1', JWT_SECRET: undefined },
    });
    expect(code).toBe(1);
    expect(output).toBe('');
    expect(complaint).toMatch(/JWT_SECRET: .*32 bytes/);
    expect(complaint).not.toContain('    at ');
  });

  it('is refused with invalid settings, each reported once', async () => {
    const { code, complaint } = await runCli(['serve'], { env: { PORT: 'http', LOG_LEVEL: 'loud' } });
    expect(code).toBe(1);
    expect(complaint.match(/PORT: write a whole number/g)).toHaveLength(1);
    expect(complaint.match(/LOG_LEVEL: write one of/g)).toHaveLength(1);
    expect(complaint).not.toContain('    at ');
  });

  it('is refused on a folder that another process uses, which continues undisturbed', async () => {
    await using server = await startServer();
    const { code, complaint } = await runCli(['serve'], { dataDir: server.dataDir });
    expect(code).toBe(1);
    expect(complaint).toContain(server.dataDir);
    expect(complaint).toMatch(/Another Signalbox process .*set DATA_DIR/);
    expect(complaint).not.toContain('    at ');
    const { data } = await server.query(FETCH, { uri: 'data:,a' }, await anna());
    expect(data.fetch.run.state).toBe('SUCCEEDED');
  });

  it('is refused on a port that is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    try {
      const { code, complaint } = await runCli(['serve'], { env: { PORT: String(port) } });
      expect(code).toBe(4);
      expect(complaint).toMatch(new RegExp(`Cannot listen on 127\\.0\\.0\\.1 port ${port}: .*Set HOST or PORT`));
    } finally {
      other.close();
    }
  });

  it(`leaves an idle server below ${IDLE_MIB} MiB`, async () => {
    // The first start after a change compiles, which takes 30 MiB, and caches the result for later starts.
    await (await startServer()).stop();
    const sizes: number[] = [];
    for (let start = 0; start < 3; start += 1) {
      await using server = await startServer();
      await server.fetch('/health');
      sizes.push(await server.memory());
    }
    // Starts differ by some 5 MiB.
    const [, median = Number.NaN] = sizes.toSorted((a, b) => a - b);
    expect(median).toBeLessThan(IDLE_MIB * MIB);
  });
});

describe('the end', () => {
  it('with a signal that comes during the start is as orderly as later', async () => {
    await using folder = await createTempFolder();
    const { process: child, log, ended } = startProgram(['serve'], { DATA_DIR: folder.path });
    await until('it starts', () => log.length > 0);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(log.at(-1)).toContain('server.stopped');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'with %s waits for running commands, answers them and exits with 0',
    async (signal) => {
      const { web, answer } = await startSlowWeb();
      await using _ = web;
      await using server = await startServer({ env: { ALLOWED_PRIVATE_HOSTS: web.host } });
      const answered = server.query(FETCH, { uri: `${web.url}/slow` }, await anna());
      await until('the fetch is running', () => web.hits.length === 1);

      server.process.kill(signal);
      await until('it accepts no more requests', () =>
        server.fetch('/health').then(
          () => false,
          () => true,
        ),
      );
      answer();
      const { data } = await answered;
      expect(data.fetch).toMatchObject({ run: { state: 'SUCCEEDED' }, resource: { text: 'slow' } });
      expect(await server.ended).toBe(0);
      expect(server.logged('server.stopped')).toHaveLength(1);
    },
  );

  it('leaves runs that do not end in time to the next start, and tells their callers', async () => {
    await using folder = await createTempFolder();
    const { web, answer } = await startSlowWeb();
    await using _ = web;
    const options = { dataDir: folder.path, env: { ALLOWED_PRIVATE_HOSTS: web.host, DRAIN_MS: '300' } };
    await using server = await startServer(options);
    const answered = server.query(FETCH, { uri: `${web.url}/slow` }, await anna());
    await until('the fetch is running', () => web.hits.length === 1);
    // A run is recorded when it has taken a moment; before that, nobody sees it.
    const runs = '{ runs { nodes { id state } } }';
    const run = await until(
      'the run is recorded',
      async () => (await server.query(runs, {}, await anna())).data.runs.nodes[0],
    );
    expect(run.state).toBe('RUNNING');

    expect(await server.stop()).toBe(0);
    expect((await answered).data.fetch).toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: expect.any(Number) });
    answer();
    await using next = await startServer(options);
    const later = `{ run(id: "${run.id}") { state resource { text } } }`;
    const ended = await until('the run ends', async () => {
      const { data } = await next.query(later, {}, await anna());
      return data.run.state !== 'RUNNING' && data.run;
    });
    expect(ended).toEqual({ state: 'SUCCEEDED', resource: { text: 'slow' } });
    expect(web.hits).toHaveLength(2);
  });

  it('ends subscriptions with a code that makes clients reconnect', async () => {
    await using server = await startServer();
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    socket.send(JSON.stringify({ type: 'connection_init', payload: { token: await anna() } }));
    await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
    expect(await server.stop()).toBe(0);
    expect((await closed).code).toBe(1001);
  });
});
