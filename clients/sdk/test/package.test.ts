import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { isWithoutBrowser, launchBrowser } from '../../../test/support/surfaces/browser.ts';
import { createClient } from '../src/create-client.ts';
import { servePages } from './browser.ts';
import { readmeBlocks } from './react-browser.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const TSC = join(root, 'node_modules/.bin/tsc');
/** Gzipped, with graphql-ws. */
const MAX_SIZE = 10 * 1024;
/** What the hooks add to that, without React. */
const MAX_HOOKS_SIZE = 3 * 1024;

const PROGRAM = `
import { createClient, type Event, type Run, RunFailed, SignalboxError } from '@signalbox/sdk';
import { ViewerDocument } from '@signalbox/sdk/documents';
import { type RunModel, watchRun } from '@signalbox/sdk/live';
import { type Live, type LogRow, useApprovals, useRun, useRunLog, useRuns, useStep } from '@signalbox/sdk/react';

declare module '@signalbox/sdk' {
  interface WorkflowTypes {
    nightly: { inputs: { day: string }; outputs: { rows: number } };
  }
}

const client = createClient({ url: 'http://127.0.0.1' });

export async function program(): Promise<number> {
  const { rows } = await client.workflow('nightly').run({ day: 'today' });
  // @ts-expect-error: the input has another name
  await client.workflow('nightly').start({ date: 'today' });
  const other: { total: number } = await client.workflow<{ n: number }, { total: number }>('other').run({ n: 1 });
  // @ts-expect-error: a command needs its source
  await client.commands.convertToJson({});
  const last: Run = await client.runs.wait('run_1', { timeoutMs: 1_000 });
  for await (const event of client.runs.events(last.id)) {
    const seen: Event = event;
    if (seen.__typename === 'LogLine') seen.text.trim();
  }
  for await (const model of watchRun(client, last.id)) {
    const { steps }: RunModel = model;
    steps.size.toFixed();
  }
  const { viewer } = await client.request(ViewerDocument);
  viewer?.username?.trim();
  return rows + other.total;
}

export function useEverything(): readonly LogRow[] {
  const run: Live<RunModel> = useRun(client, 'run_1');
  const step = useStep(client, 'run_1', 'build');
  step.data?.state.trim();
  const keys: Live<string[]> = useRun(client, 'run_1', ({ steps }) => [...steps.keys()]);
  keys.data?.join();
  // @ts-expect-error: it may not be known yet
  run.data.state.trim();
  const { data: runs, showNew } = useRuns(client, { filter: { state: ['FAILED'] } });
  runs?.newCount.toFixed();
  showNew();
  useApprovals(client, { mine: true }).interrupted?.since.toISOString();
  return useRunLog(client, { runId: 'run_1', step: 'build' }).data?.lines ?? [];
}

export const isFailure = (error: unknown) => error instanceof RunFailed && error instanceof SignalboxError && error.run.id;
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-package-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: join(root, 'clients/sdk'),
  });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
  await writeFile(join(folder, 'package.json'), '{ "name": "outside", "private": true, "type": "module" }');
  const dependencies = [
    ...['graphql', 'graphql-ws', '@graphql-typed-document-node/core'],
    ...['react', '@types/react', 'csstype'],
  ];
  const sources = [join(folder, filename), ...dependencies.map((name) => join(root, 'node_modules', name))];
  await run(
    'npm',
    ['install', '--offline', '--install-links', '--ignore-scripts', '--no-audit', '--no-fund', ...sources],
    {
      cwd: folder,
    },
  );
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the package, installed in another folder', () => {
  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types for module %s and moduleResolution %s, strict', async (module, moduleResolution) => {
    const file = join(folder, `${moduleResolution}.ts`);
    await writeFile(file, PROGRAM);
    const options = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noEmit',
      '--target',
      'es2024',
      '--lib',
      'es2024,dom',
    ];
    const types = ['--types', '', '--module', module, '--moduleResolution', moduleResolution];
    const { stdout } = await run(TSC, [...options, ...types, file], { cwd: folder }).catch((error) => error);
    expect(stdout).toBe('');
  });

  it('runs the first program of the README at a real server', async () => {
    const [program = ''] = await readmeBlocks('ts');
    const server: Server = await startServer();
    try {
      expect(program.trim().split('\n').length).toBeLessThanOrEqual(20);
      await writeFile(join(folder, 'first.ts'), program.replace('http://127.0.0.1:4000', server.url));
      const { stdout } = await run(process.execPath, ['first.ts'], { cwd: folder });
      expect(stdout).toMatch(/RUN_STATE_CHANGED[\s\S]*total: 42/);
    } finally {
      await server.stop('SIGKILL');
    }
  });

  it('type-checks every program of the README', async () => {
    const blocks = [...(await readmeBlocks('ts')), ...(await readmeBlocks('tsx'))];
    expect(blocks.length).toBeGreaterThan(3);
    const names = `import type { Client } from '@signalbox/sdk';
declare global {
  const client: Client;
  const id: string;
  let session: { token: string };
  const renew: () => Promise<{ token: string }>;
}
`;
    const files = await Promise.all(
      [names, ...blocks].map(async (block, index) => {
        const file = join(folder, `readme-${index}.tsx`);
        await writeFile(file, `${block}\nexport {};\n`);
        return file;
      }),
    );
    const options = ['--strict', '--noEmit', '--target', 'es2024', '--lib', 'es2024,dom,esnext', '--types', ''];
    const modules = ['--module', 'esnext', '--moduleResolution', 'bundler', '--jsx', 'react-jsx'];
    const { stdout } = await run(TSC, [...options, ...modules, ...files], { cwd: folder }).catch((error) => error);
    expect(stdout).toBe('');
  });

  describe('while the server is killed and started again, the first program of the README', () => {
    let dataDir: string;
    let server: Server;
    beforeEach(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'signalbox-restart-'));
    });
    afterEach(async () => {
      await server?.stop('SIGKILL');
      await rm(dataDir, { recursive: true, force: true });
    });

    /** The program, in whose run another step sleeps, so that the server is killed before the end. */
    async function slowProgram(): Promise<string> {
      const [program = ''] = await readmeBlocks('ts');
      return program
        .replace('http://127.0.0.1:4000', server.url)
        .replace('steps:\n', 'steps:\n  - { id: nap, kind: sleep, input: { ms: 2000 } }\n');
    }

    /** Kills and starts the server after the first lines of the program, and compares all of them with the journal. */
    async function restartDuring(lines: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
      await expect.poll(() => lines.length).toBeGreaterThan(2);
      await server.stop('SIGKILL');
      const { length: before } = lines;
      server = await startServer({ dataDir, env: { ...env, PORT: new URL(server.url).port } });
      await expect.poll(() => lines.at(-1)).toBe('total: 42');
      const admin = createClient({ url: server.url, token: await tokenFor('admin', { roles: ['admin'] }) });
      const [started] = (await admin.runs.list({ first: 1 })).nodes;
      const journal = await Array.fromAsync(admin.runs.events(started?.id ?? ''), ({ seq, type }) => `${seq} ${type}`);
      admin.close();
      expect(lines.slice(0, -1)).toEqual(journal);
      expect(before).toBeLessThan(journal.length);
    }

    it('prints every event once, in Node', async () => {
      server = await startServer({ dataDir });
      await writeFile(join(folder, 'slow.ts'), await slowProgram());
      const program = spawn(process.execPath, ['slow.ts'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(program, 'exit');
      const lines: string[] = [];
      createInterface({ input: program.stdout }).on('line', (line) => lines.push(line));
      await restartDuring(lines);
      expect(await ended).toEqual([0, null]);
    });

    it.skipIf(isWithoutBrowser)('prints every event once, in Chromium, with the import map of the README', async () => {
      let program = '';
      const [importMap] = await readmeBlocks('html');
      const modules = join(folder, 'node_modules');
      await using pages = await servePages(
        () => `<!doctype html><link rel="icon" href="data:,">${importMap}<script type="module">${program}</script>`,
        { '/sdk/': join(modules, '@signalbox/sdk/dist'), '/graphql-ws/': join(modules, 'graphql-ws/dist') },
      );
      const env = { CORS_ORIGINS: pages.url };
      server = await startServer({ dataDir, env });
      program = stripTypeScriptTypes(await slowProgram());
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage();
        const lines: string[] = [];
        const problems: string[] = [];
        page.on('console', (message) => message.type() === 'log' && lines.push(message.text()));
        page.on('pageerror', ({ message }) => problems.push(message));
        await page.goto(pages.url);
        await restartDuring(lines, env);
        expect(problems).toEqual([]);
      } finally {
        await browser.close();
      }
    });
  });

  it(`is at most ${MAX_SIZE} bytes, bundled and gzipped, and its hooks ${MAX_HOOKS_SIZE}`, async () => {
    const size = await sizeOf('@signalbox/sdk');
    const withHooks = await sizeOf('@signalbox/sdk', '@signalbox/sdk/react');
    console.info(`@signalbox/sdk: ${size} bytes gzipped, hooks ${withHooks - size}`);
    expect(size).toBeLessThanOrEqual(MAX_SIZE);
    expect(withHooks - size).toBeLessThanOrEqual(MAX_HOOKS_SIZE);
  });

  /** Gzipped bytes of a page that loads these modules, without React. */
  async function sizeOf(...modules: readonly string[]): Promise<number> {
    const input = join(folder, 'page.js');
    await writeFile(input, modules.map((name) => `export * from '${name}';`).join('\n'));
    const bundle = await rolldown({ input, platform: 'browser', external: ['react'] });
    const { output } = await bundle.generate({ minify: true });
    return gzipSync(output[0].code).length;
  }
});
