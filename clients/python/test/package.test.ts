import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../../../test/support/server.ts';
import { folder, readmePrograms, startPython } from './python-program.ts';

const imports = (module: string) => spawnSync('python3', ['-c', `import ${module}`]).status === 0;
const hasSetuptools = imports('setuptools');
/** Newer versions of setuptools build a wheel, older ones need the package wheel. */
const buildsWheels = imports('pip') && (imports('setuptools.command.bdist_wheel') || imports('wheel'));

let temporary: string;
let server: Server;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'signalbox-package-'));
  server = await startServer();
});
afterAll(async () => {
  await server?.stop('SIGKILL');
  await rm(temporary, { recursive: true, force: true });
});

function python(...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync('python3', args, { cwd: join(temporary, 'source'), encoding: 'utf8' });
  if (status !== 0) throw new Error(`python3 ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

/** Builds the package from a copy, without a network. Returns the folder of the module, and the Python that finds it. */
async function install() {
  const source = join(temporary, 'source');
  for (const name of ['pyproject.toml', 'README.md', 'signalbox']) {
    await cp(join(folder, name), join(source, name), { recursive: true });
  }
  if (!buildsWheels) {
    const site = join(temporary, 'site');
    python('-c', 'import setuptools; setuptools.setup()', '--quiet', 'build_py', '--build-lib', site);
    return { module: join(site, 'signalbox'), command: 'python3', site };
  }
  const [wheels, environment] = [join(temporary, 'wheels'), join(temporary, 'environment')];
  python('-m', 'pip', 'wheel', '--no-index', '--no-build-isolation', '--no-deps', '--wheel-dir', wheels, '.');
  python('-m', 'venv', '--without-pip', environment);
  const command = join(environment, 'bin', 'python');
  const [wheel = ''] = await readdir(wheels);
  python('-m', 'pip', '--python', command, 'install', '--no-index', '--no-compile', join(wheels, wheel));
  const located = spawnSync(command, ['-c', 'import signalbox; print(signalbox.__path__[0])'], { encoding: 'utf8' });
  return { module: located.stdout.trim(), command };
}

const filesOf = async (module: string) =>
  (await readdir(module, { recursive: true })).filter((name) => /\.(py|typed)$/.test(name)).sort();

describe('the package', () => {
  it.skipIf(!hasSetuptools)('has all its modules and its types, and runs outside of the repository', async () => {
    const { module, command, site } = await install();
    expect(module.startsWith(temporary)).toBe(true);
    expect(await filesOf(module)).toEqual(await filesOf(join(folder, 'signalbox')));
    const [program = ''] = await readmePrograms();
    const token = await tokenFor('admin', { roles: ['admin'] });
    const checked = `import signalbox\nassert signalbox.__file__.startswith('${temporary}')\n${program}`;
    const { lines, errors, ended } = startPython(checked, {
      url: server.url,
      token,
      command,
      cwd: temporary,
      path: site,
    });
    expect([await ended, errors]).toEqual([0, []]);
    expect(lines.at(-1)).toBe('hello Ada');
  });
});
