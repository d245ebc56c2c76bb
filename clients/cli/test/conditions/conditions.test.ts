import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERBS as SERVER } from '../../../../src/cli/verbs.ts';
import { signalboxOnTerminal, type TerminalProgram } from '../../../../test/support/pseudo-terminal.ts';
import { intoPipe, type Server, startProgram, startServer, tokenFor } from '../../../../test/support/server.ts';
import { createMigratedFile } from '../../../../test/support/store/migrated-database.ts';
import { createTempFolder } from '../../../../test/support/temp-folder.ts';
import { until } from '../../../../test/support/until.ts';
import { run } from '../../src/main.ts';
import { VERBS } from '../../src/verbs/verbs.ts';
import { FOLLOWING_ROWS, ROWS, type Row, SERVER_ROWS } from './rows.ts';
import { createFakeWorld, createWorld, type World } from './world.ts';

const COLUMNS = 40;

let server: Server;
let folder: Awaited<ReturnType<typeof createTempFolder>>;
let world: Awaited<ReturnType<typeof createWorld>>;
let fake: World;
let env: Record<string, string>;

beforeAll(async () => {
  server = await startServer({ env: { NODE_ENV: 'development', ALLOW_UNSANDBOXED_EXEC: 'true' } });
  folder = await createTempFolder();
  world = await createWorld(server, folder.path);
  fake = await createFakeWorld(folder.path);
  env = { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: world.token, XDG_CONFIG_HOME: folder.path };
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await folder?.[Symbol.asyncDispose]();
});

const entriesOf = (rows: typeof ROWS) => Object.entries(rows).map(([verb, row]) => ({ verb, ...row }));
const ENTRIES = entriesOf(ROWS);
const FOLLOWING = entriesOf(FOLLOWING_ROWS);
const SERVER_VERBS = entriesOf(SERVER_ROWS);
const ALL = [...ENTRIES, ...SERVER_VERBS];
const ASKING = ENTRIES.filter(({ isLocal }) => !isLocal);
type Entry = (typeof ENTRIES)[number];

/** An empty database for a verb of the server. */
async function databaseOf(entry: Entry): Promise<Readonly<Record<string, string>>> {
  if (!SERVER_VERBS.includes(entry)) return {};
  const dataDir = world.target();
  await mkdir(dataDir);
  await createMigratedFile(join(dataDir, 'signalbox.db'));
  return { DATA_DIR: dataDir, PORT: '0', NODE_ENV: 'development' };
}

const wordsOf = async ({ verb, args }: Entry, of: World) => [...verb.split(' '), ...((await args?.(of)) ?? [])];
const wordsOnTerminal = async (entry: Entry, of: World) =>
  (await wordsOf(entry, of)).filter((word) => word !== '--password-stdin');

/**
 * Runs a command line in this process. That a process of it ends with its exit code, and how it uses its streams, is the same for each
 * condition; that each verb does as well is tested on a terminal and in a pipe.
 */
async function runHere(args: readonly string[], more: Readonly<Record<string, string>>, input = '') {
  const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const io = { stdin: Readable.from([input]), stdout, stderr, isTty: () => false };
  const code = await run(args, { io, env: { ...env, ...more }, serverVerbs: SERVER });
  const textOf = (stream: PassThrough) => ((stream.read() ?? '') as string).trimEnd();
  return { code, output: textOf(stdout), complaint: textOf(stderr) };
}

/** A terminal of 40 columns without colors. */
function onTerminal(args: readonly string[], more: Readonly<Record<string, string>> = {}): TerminalProgram {
  return signalboxOnTerminal(args, { columns: COLUMNS, env: { ...env, NO_COLOR: '1', ...more } });
}

async function typeAnswers({ answers = [] }: Row, program: TerminalProgram): Promise<void> {
  for (const [shows, keys] of answers) {
    await program.untilWritten(shows);
    program.type(keys);
  }
}

/** What a terminal shows in place: cursor movement, erasure, synchronized output, but no color. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what it is about
const CURSOR = /\u001b\[(?:\?\d+[hl]|\d*[A-K])/g;

/** Each line fits, or is one word such as an ID or a URL; the only escape sequences move the cursor. */
function expectToFit(output: string): void {
  const text = output.replace(CURSOR, '\n');
  expect(text).not.toContain('\u001b');
  const wide = text.split(/[\r\n]+/).filter((line) => stringWidth(line) > COLUMNS && /\S\s+\S/.test(line));
  expect(wide).toEqual([]);
}

it('has a row for each verb', () => {
  const namesOf = (verbs: readonly (typeof VERBS | typeof SERVER)[number][]) =>
    verbs.flatMap((verb) => ('verbs' in verb ? verb.verbs.map(({ name }) => `${verb.name} ${name}`) : verb.name));
  expect(Object.keys(ROWS).toSorted()).toEqual(namesOf(VERBS).toSorted());
  expect(Object.keys(SERVER_ROWS).toSorted()).toEqual(namesOf(SERVER).toSorted());
});

it.each(ALL)('the help of $verb fits 40 columns', async ({ verb }) => {
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { columns: COLUMNS });
  const io = { stdin: new PassThrough(), stdout: output, stderr: output, isTty: () => true };
  expect(await run([...verb.split(' '), '--help'], { io, serverVerbs: SERVER })).toBe(0);
  const help = output.read();
  expect(help.replace(/\s+/g, ' ')).toContain(`Usage: signalbox ${verb} `);
  expectToFit(help);
});

describe.skipIf(!existsSync('/usr/bin/python3') && process.env.REQUIRE_SERVICES !== '1')(
  'on a terminal of 40 columns without colors',
  () => {
    it('the help fits', async () => {
      const program = onTerminal(['--help']);
      expect(await program.exited).toBe(0);
      expectToFit(program.output());
    });

    it.concurrent.each([...ALL, ...FOLLOWING])('$verb fits', async (entry) => {
      const program = onTerminal(await wordsOnTerminal(entry, world), await databaseOf(entry));
      await typeAnswers(entry, program);
      if (entry.endless) {
        await program.untilWritten(entry.endless);
        program.type('\u0003');
      }
      expect(await program.exited).toBe(entry.code ?? (entry.endless ? 130 : 0));
      if (!entry.isVerbatim) expectToFit(program.output());
      // How to come back.
      if (entry.endless && entry.code === undefined)
        expect(program.output()).toMatch(/signalbox (?:show|logs|events)\s/);
    });

    it.concurrent.each(ASKING)('^C ends $verb, which waits for the server, with 130 and words', async (entry) => {
      await using silent = await startSilentServer();
      const program = onTerminal(await wordsOnTerminal(entry, fake), { SIGNALBOX_URL: silent.url });
      await typeAnswers(entry, program);
      await silent.asked;
      program.type('\u0003');
      expect(await program.exited).toBe(130);
      expect(program.output()).toContain('Interrupted');
      expectToFit(program.output());
    });
  },
);

describe('in a pipe', () => {
  it.concurrent.each(ALL)('$verb ends as always when nobody reads', async (entry) => {
    const more = await databaseOf(entry);
    const program = startProgram(await wordsOf(entry, world), { ...env, ...more }, entry.input, intoPipe('true'));
    if (entry.verb === 'serve') {
      await until('it serves', () => program.log.some((line) => line.includes('server.')));
      program.process.kill('SIGINT');
    }
    expect([await program.ended, program.log.join('\n')]).toEqual([
      entry.code ?? 0,
      expect.not.stringContaining('EPIPE'),
    ]);
  });

  it.each(ASKING)('$verb says with 4 that there is no server', async (entry) => {
    const url = await freeUrl();
    const { code, output, complaint } = await runHere(await wordsOf(entry, fake), { SIGNALBOX_URL: url }, entry.input);
    expect([code, output]).toEqual([4, '']);
    expect(complaint).toMatch(new RegExp(`^Cannot reach ${url}: connection refused; .*--url`, 's'));
  });

  it.each(ASKING)('$verb says with 3 how to sign in when the token has expired', async (entry) => {
    const token = await tokenFor('alice', { roles: ['admin'], expiresIn: '-1m' });
    const isLogin = entry.verb === 'login';
    const args = isLogin ? ['login', '--token-stdin'] : await wordsOf(entry, fake);
    const input = isLogin ? token : entry.input;
    const { code, output, complaint } = await runHere(args, { SIGNALBOX_TOKEN: token }, input);
    expect([code, output, complaint]).toEqual([3, '', expect.stringContaining('signalbox login')]);
    expect(complaint).toContain('expired');
  });
});

/** A server that takes connections, and never answers. */
async function startSilentServer() {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const silent = createServer((socket) => socket.on('error', () => {}).once('data', () => resolve()));
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => void silent.close(),
  };
}

/** The URL of a port that nobody listens on. */
async function freeUrl(): Promise<string> {
  await using silent = await startSilentServer();
  return silent.url;
}
