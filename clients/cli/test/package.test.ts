import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERBS as SERVER_VERBS } from '../../../src/cli/verbs.ts';
import { type Server, startServer } from '../../../test/support/server.ts';

const execute = promisify(execFile);
const cli = resolve(import.meta.dirname, '..');
const WORKFLOW =
  'name: double\ninputs: { count: { type: number } }\nsteps:\n  - { id: double, kind: transform, input: { data: "{{ count }}", expression: "$ * 2" } }\noutputs: { total: "{{ steps.double.output }}" }\n';

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-package-'));
  const { stdout } = await execute('npm', ['pack', '--json', '--pack-destination', folder], { cwd: cli });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
  await writeFile(join(folder, 'package.json'), '{ "name": "outside", "private": true }');
  const sources = [join(folder, filename), ...(await dependenciesOf(cli))];
  const quietly = ['--offline', '--install-links', '--ignore-scripts', '--no-audit', '--no-fund'];
  await execute('npm', ['install', ...quietly, ...sources], { cwd: folder });
  await writeFile(join(folder, 'double.yaml'), WORKFLOW);
  server = await startServer({ env: { NODE_ENV: 'development' } });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The folders of the packages that a package needs, with those that they need. */
async function dependenciesOf(from: string, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  const { dependencies = {} } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const found = folderOf(name, from);
    if (seen.has(found)) continue;
    seen.add(found);
    await dependenciesOf(found, seen);
  }
  return seen;
}

function folderOf(name: string, from: string): string {
  const installed = join(from, 'node_modules', name);
  return existsSync(installed) ? installed : folderOf(name, dirname(from));
}

/** Runs the installed program with a home of its user. */
async function signalbox(args: readonly string[], input = '') {
  const child = execute(join(folder, 'node_modules/.bin/signalbox'), args, {
    cwd: folder,
    env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: folder },
  });
  child.child.stdin?.end(input);
  const { code = 0, stdout, stderr } = await child.catch((error) => error);
  return { code, stdout, stderr };
}

describe('the package, installed in another folder', () => {
  it('has the verbs of a client, and none of the server', async () => {
    expect((await signalbox(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, stdout } = await signalbox(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}run {2,}Starts/m);
    for (const { name } of SERVER_VERBS) {
      expect(stdout).not.toMatch(new RegExp(`^ {2}${name} `, 'm'));
      expect(await signalbox([name])).toMatchObject({ code: 2, stderr: expect.stringContaining('unknown command') });
    }
  });

  it('signs in to a server, starts and watches a run, and verifies it offline', async () => {
    const login = await signalbox(['login', '--url', server.url, '--user', 'alice', '--password-stdin'], 'alice\n');
    expect(login).toEqual({ code: 0, stdout: '', stderr: `alice is signed in to ${server.url} (profile default).\n` });
    const { code, stdout, stderr } = await signalbox([
      'run',
      'double.yaml',
      '--input',
      'count=21',
      '--watch',
      '-o',
      'json',
    ]);
    expect([code, JSON.parse(stdout)]).toEqual([0, [expect.objectContaining({ outputs: { total: 42 } })]]);
    expect(stderr).toMatch(/double/);
    expect((await signalbox(['types'])).stdout).toContain('declare module');
    const [{ id }] = JSON.parse(stdout);
    const verified = await signalbox(['verify', '-o', 'json'], (await signalbox(['export', id])).stdout);
    expect([verified.code, JSON.parse(verified.stdout)]).toEqual([0, [expect.objectContaining({ id, valid: true })]]);
  });

  it('names the license of each package that it contains', async () => {
    const licenses = await readFile(join(folder, 'node_modules/@signalbox/cli/dist/LICENSES.txt'), 'utf8');
    expect(licenses).toMatch(/^graphql-ws \d+[\s\S]*Permission is hereby granted/m);
  });
});
