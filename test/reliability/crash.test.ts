import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const COMMANDS = 200;
/** Number of answers after which the server is killed: in the middle. */
const ANSWERS = 80;

const EXECUTE = `mutation ($input: ExecuteInput!) { execute(input: $input) {
  ... on CommandOutcome { run { id state } resource { digest } }
  ... on Refusal { code message }
} }`;

/** A run that an answer has told a client about. */
interface KnownRun {
  readonly id: string;
  readonly state: string;
  readonly digest: string;
}

let folder: Awaited<ReturnType<typeof createTempFolder>>;
let web: WebServer;
let token: string;

const start = () => startServer({ dataDir: folder.path, env: { ALLOWED_PRIVATE_HOSTS: web.host, LOG_LEVEL: 'warn' } });
const csv = (i: number, rows: number) => ({ text: { text: `a,b\n${`${i},x\n`.repeat(rows)}`, mediaType: 'text/csv' } });

/** A mix: quick and pure, slow, of several steps, large, uploaded. */
function inputOf(i: number): object {
  switch (i % 5) {
    case 0:
      return { command: 'fetch', source: { uri: `${web.url}/slow?${i}` } };
    case 1:
      return { command: 'convertToCsv', source: csv(i, 12_000) };
    case 2: {
      const first = { command: 'convertToJson', options: { source: csv(i, 3) } };
      const then = (command: string) => ({ command, options: { source: { uri: '$previous.output' } } });
      const slow = { command: 'fetch', options: { source: { uri: `${web.url}/slow?${i}` } } };
      return { command: 'pipeline', options: { steps: [first, then('render'), slow, then('convertToBase64')] } };
    }
    default:
      return { command: 'convertToJson', source: csv(i, 3) };
  }
}

/** Starts one run under a key. */
async function execute(server: Server, key: string, i: number): Promise<KnownRun> {
  const input = { ...inputOf(i), idempotencyKey: key };
  const { data } = await server.query(EXECUTE, { input }, token);
  expect(data.execute.code).toBeUndefined();
  const { run, resource } = data.execute;
  return { id: run.id, state: run.state, digest: resource.digest };
}

async function upload(server: Server, key: string): Promise<KnownRun> {
  const body = `${key} ${'y'.repeat(100_000)}`;
  const headers = { 'content-type': 'text/plain' };
  const response = await server.fetch(`/artifacts?name=${key}`, { method: 'POST', headers, body, token });
  expect(response.status).toBe(201);
  const { id, digest } = (await response.json()) as { id: string; digest: string };
  const { data } = await server.query(`{ node(id: "${id}") { ... on Artifact { run { id state } } } }`, {}, token);
  return { ...data.node.run, digest };
}

/** Every run of the journal. */
async function runsOf(server: Server): Promise<readonly { id: string; state: string; digest: string | undefined }[]> {
  const document = `query ($after: String) { runs(first: 100, after: $after) {
    nodes { id state resource { digest } } pageInfo { hasNextPage endCursor }
  } }`;
  const runs = [];
  for (let after: string | undefined; ; ) {
    const { nodes, pageInfo } = (await server.query(document, { after }, token)).data.runs;
    for (const { id, state, resource } of nodes) runs.push({ id, state, digest: resource?.digest });
    if (!pageInfo.hasNextPage) return runs;
    after = pageInfo.endCursor;
  }
}

beforeAll(async () => {
  folder = await createTempFolder();
  token = await tokenFor('admin', { roles: ['admin'] });
  web = await startWebServer((req, res) => {
    const i = Number(/\d+$/.exec(req.url ?? '')?.[0]);
    setTimeout(() => res.end(`slow ${i}`), 50 + (i % 10) * 30);
  });
});

afterAll(async () => {
  await web?.close();
  await folder?.[Symbol.asyncDispose]();
});

describe('a server that is killed in the middle of 200 commands', () => {
  const knownRuns = new Map<string, KnownRun>();

  it.each([1, 2, 3])(
    'keeps everything that it answered, and finishes the rest (%i of 3)',
    { timeout: 60_000 },
    async (round) => {
      let answered = 0;
      let unanswered = 0;
      {
        await using server = await start();
        const note = (key: string) => (run: KnownRun) => {
          knownRuns.set(key, run);
          answered += 1;
        };
        const lost = (error: unknown) => {
          // fetch reports a broken connection as a TypeError; anything else is a wrong answer.
          if (!(error instanceof TypeError)) throw error;
          unanswered += 1;
        };
        const requests = Array.from({ length: COMMANDS }, (_, i) => {
          const key = `${round}-${i}`;
          return (i % 5 === 4 ? upload(server, key) : execute(server, key, i)).then(note(key), lost);
        });
        await until('some are answered', () => answered >= ANSWERS);
        await server.stop('SIGKILL');
        await Promise.all(requests);
      }
      expect(answered + unanswered).toBe(COMMANDS);
      expect(unanswered).toBeGreaterThan(20);

      await using server = await start();
      const runs = await until('every run has ended', async () => {
        const all = await runsOf(server);
        return all.every(({ state }) => !['PENDING', 'RUNNING', 'WAITING'].includes(state)) && all;
      });

      // Every answer, before this crash or an earlier one, is stored unchanged.
      const stored = new Map(runs.map((run) => [run.id, run]));
      for (const { id, ...rest } of knownRuns.values()) expect(stored.get(id)).toEqual({ id, ...rest });

      // Every hash chain is valid.
      for (let i = 0; i < runs.length; i += 10) {
        const fields = runs.slice(i, i + 10).map(({ id }, j) => `r${j}: verifyRun(id: "${id}") { valid problems }`);
        const { data } = await server.query(`{ ${fields.join(' ')} }`, {}, token);
        for (const verification of Object.values(data)) expect(verification).toEqual({ valid: true, problems: [] });
      }

      // A caller without an answer repeats the request with the same key, and gets the existing run or a new one: never two.
      const before = [...knownRuns.values()];
      await Promise.all(
        Array.from({ length: COMMANDS }, async (_, i) => {
          const key = `${round}-${i}`;
          if (i % 5 === 4) return;
          const run = await execute(server, key, i);
          expect(run.state).toBe('SUCCEEDED');
          if (knownRuns.has(key)) expect(run).toEqual(knownRuns.get(key));
          knownRuns.set(key, run);
        }),
      );
      const ids = [...knownRuns.values()].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);

      // The bytes of the digests are complete.
      for (const { digest } of before.slice(-30)) {
        const bytes = Buffer.from(await (await server.fetch(`/artifacts/${digest}`, { token })).arrayBuffer());
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest);
      }
      if (process.env.SHOW_NUMBERS) console.log(`${answered} answered, ${unanswered} not; ${runs.length} runs`);
    },
  );
});
