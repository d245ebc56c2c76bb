import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, matchesGlob, normalize } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { UNUSED } from '../../../scripts/prune.ts';
import { VERBS } from '../../../src/cli/verbs.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { hasSandbox } from '../../support/runtime/has-sandbox.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';
import { readCopy, readDockerfile } from './read-dockerfile.ts';

const instructions = readDockerfile(await readFile('deploy/Dockerfile', 'utf8'));
const last = instructions.at(-1)?.stage;
const all = (name: string) => instructions.filter((one) => one.name === name);
const ofImage = (name: string) => all(name).filter(({ stage }) => stage === last);
const only = (name: string) => {
  expect(ofImage(name)).toHaveLength(1);
  return ofImage(name)[0]?.args as string;
};
const env = () =>
  Object.fromEntries(
    only('ENV')
      .split(' ')
      .map((pair) => pair.split('=') as [string, string]),
  );
const healthCheck = () => JSON.parse(/CMD (\[.*\])$/.exec(only('HEALTHCHECK'))?.[1] ?? '') as string[];

describe('deploy/Dockerfile', () => {
  it('is based on the exact version of Node with which the server is tested', async () => {
    const version = (await readFile('.node-version', 'utf8')).trim();
    for (const { args } of all('FROM')) expect(args).toMatch(new RegExp(`^node:${version}-\\w+-slim( AS \\w+)?$`));
  });

  it('runs the program of npm start, with its memory limits, as a user without rights', () => {
    expect(only('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    const command = [...JSON.parse(only('ENTRYPOINT')), ...JSON.parse(only('CMD'))];
    expect(command.slice(0, 2)).toEqual(['tini', '--']);
    expect(command.slice(2).join(' ')).toBe(packageJson.scripts.start);
    expect(VERBS.map(({ name }) => name)).toContain(command.at(-1));
  });

  it('exposes the default port, and has nothing secret in its environment', () => {
    const { port } = readEnvironment({}).server;
    expect(only('EXPOSE')).toBe(String(port));
    expect(healthCheck().at(-1)).toContain(`|| ${port}`);
    expect(env()).toEqual({ NODE_ENV: 'production', DATA_DIR: '/data' });
    expect(JSON.parse(only('VOLUME'))).toContain('/data');
    expect(all('ARG')).toEqual([]);
  });

  it('copies only what exists, and what its ignore file lets through', async () => {
    const patterns =
      (await readFile('deploy/Dockerfile.dockerignore', 'utf8')).match(/^![^\n]+/gm)?.map((line) => line.slice(1)) ??
      [];
    const isLetThrough = (path: string) =>
      patterns.some((pattern) => path === pattern || matchesGlob(path, `${pattern}/**`));
    const ofBuild = all('COPY')
      .map(({ args }) => readCopy(args))
      .filter(({ from }) => from === undefined);
    const sources = ofBuild.flatMap(({ sources }) => sources);
    expect(sources.filter((path) => !existsSync(path))).toEqual([]);
    expect(sources.filter((path) => !isLetThrough(path))).toEqual([]);
    expect(patterns.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('installs exactly the locked packages, and those of development are not in the image', () => {
    const runs = all('RUN').map(({ args }) => args);
    expect(runs.filter((run) => /npm (?:i|install|add|exec)\b|npx|curl|wget/.test(run))).toEqual([]);
    expect(runs.some((run) => run.startsWith('npm ci --ignore-scripts'))).toBe(true);
    expect(runs.at(-2)).toMatch(/ node scripts\/prune\.ts$/);
  });

  it('has no files for other databases, other systems and debuggers, which are still where they were', async () => {
    for (const glob of UNUSED) expect(globSync(glob).length, glob).toBeGreaterThan(0);
    const generated = await Promise.all(
      ['sqlite', 'postgres'].map((kind) => readFile(`src/store/generated/${kind}/internal/class.ts`, 'utf8')),
    );
    const loaded = generated.flatMap((code) =>
      Array.from(code.matchAll(/"(@prisma\/client\/runtime\/[^"]+\.mjs)"/g), ([, path]) => path),
    );
    expect(loaded).toHaveLength(4);
    for (const path of loaded) expect(UNUSED.filter((glob) => matchesGlob(`node_modules/${path}`, glob))).toEqual([]);
  });

  it.skipIf(!hasSandbox)('has every file that the server needs, none of which it writes', async () => {
    await using folder = await createTempFolder();
    const copied = ofImage('COPY').flatMap(({ args }) => {
      const { from, sources, target } = readCopy(args);
      expect(from).toBe('build');
      return sources.map((source) => {
        const path = source.replace(/^\/app\//, '');
        expect([normalize(target), normalize(`${target}/${path}`)].map((place) => place.replace(/\/$/, ''))).toContain(
          path,
        );
        return path;
      });
    });
    const data = join(folder.path, 'data');
    await mkdir(data);
    const files = copied.flatMap((path) => ['--ro-bind', path, `/app/${path}`]);
    const inImage = (command: readonly string[], more: Readonly<Record<string, string>>) =>
      spawn(
        '/usr/bin/bwrap',
        [
          ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/lib', '/lib'],
          ...[
            '--symlink',
            'usr/lib64',
            '/lib64',
            '--dev',
            '/dev',
            '--proc',
            '/proc',
            '--tmpfs',
            '/tmp',
            '--tmpfs',
            '/var/tmp',
          ],
          ...['--ro-bind', process.execPath, '/node/node', ...files, '--bind', data, '/data'],
          ...['--remount-ro', '/', '--unshare-pid', '--die-with-parent', '--chdir', '/app', '--clearenv'],
          ...Object.entries({ PATH: '/node:/usr/bin', ...env(), ...more }).flatMap(([name, value]) => [
            '--setenv',
            name,
            value,
          ]),
          ...command,
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
    const command: string[] = [...JSON.parse(only('ENTRYPOINT')).slice(2), ...JSON.parse(only('CMD'))];
    const server = inImage(command, {
      HOST: '127.0.0.1',
      PORT: '0',
      JWT_SECRET: 'a secret for tests, of more than 32 bytes',
    });
    const output: string[] = [];
    let code: number | null | undefined;
    for (const stream of [server.stdout, server.stderr])
      createInterface({ input: stream }).on('line', (line) => output.push(line));
    server.once('close', (value) => {
      code = value;
    });
    try {
      const port = await until('the server listens', () => {
        if (code !== undefined) throw new Error(`it ended with ${code}:\n${output.join('\n')}`);
        return /API +http:\/\/127\.0\.0\.1:(\d+)/.exec(output.join('\n'))?.[1];
      });
      const check = async (checked: string) => {
        const ended = Promise.withResolvers<number | null>();
        inImage(healthCheck(), { PORT: checked }).once('close', ended.resolve);
        return ended.promise;
      };
      expect(await check(port)).toBe(0);
      // Nothing listens there.
      expect(await check('1')).toBe(1);
    } finally {
      server.kill('SIGKILL');
    }
  });
});
