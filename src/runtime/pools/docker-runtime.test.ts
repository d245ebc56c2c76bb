import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeRuntime } from '../../../test/support/runtime/runtime-contract.ts';
import type { ToolContext } from '../../core/agent-session.ts';
import { createDockerRuntime } from './docker-runtime.ts';

let folder: string;
let docker: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-docker-'));
  docker = join(folder, 'docker');
  await copyFile(new URL('../../../test/support/runtime/fake-docker.sh', import.meta.url), docker);
  await chmod(docker, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const limits = { memory_mib: 256, processes: 8, cpu_seconds: 5, file_mib: 2 };
const settings = (script: string, env: Record<string, string> = {}, network = false) =>
  ({ runtime: 'docker', image: 'worker:1', command: ['/bin/bash', '-c', script], env, network, limits }) as const;

describeRuntime('docker', async (script, env) => createDockerRuntime(settings(script, env), docker));

describe('a container', () => {
  /** The arguments of the last `docker run`. */
  async function argumentsOf(network: boolean): Promise<readonly string[]> {
    const context = {
      runId: 'run_1',
      step: 'make',
      signal: AbortSignal.timeout(110_000),
      log() {},
      progress() {},
      authorize() {},
      secret: () => 'hidden value',
      workspace: async () => folder,
    } as unknown as ToolContext;
    const item = {
      run_id: 'run_1',
      step_id: 'step_9',
      step: 'make',
      kind: 'tool',
      capability: 'x',
      attempt: 2,
      input: {},
      idempotency_key: 'k',
      trace_id: 't',
      timeout_ms: 5_000,
    };
    const script = 'echo "{\\"status\\":\\"succeeded\\"}"';
    await createDockerRuntime(settings(script, { TOKEN: 'secret:TOKEN', A: 'b' }, network), docker).perform(
      item,
      context,
    );
    return (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n---').at(-2)?.trim().split('\n') ?? [];
  }
  const valuesOf = (args: readonly string[], flag: string) =>
    args.flatMap((arg, i) => (arg === flag ? [args[i + 1]] : []));

  it('sees only the folder of the run, has no privileges, and is removed', async () => {
    const args = await argumentsOf(false);
    expect(args.slice(0, 2)).toEqual(['run', '--rm']);
    expect(valuesOf(args, '--volume')).toEqual([`${folder}:/workspace`]);
    expect(valuesOf(args, '--cap-drop')).toEqual(['ALL']);
    expect(valuesOf(args, '--security-opt')).toEqual(['no-new-privileges']);
    expect(valuesOf(args, '--network')).toEqual(['none']);
    expect(args).toContain('--read-only');
    expect(valuesOf(args, '--name')).toEqual(['signalbox-step_9-2']);
  });

  it('has the limits of its pool', async () => {
    const args = await argumentsOf(false);
    expect([valuesOf(args, '--memory'), valuesOf(args, '--memory-swap'), valuesOf(args, '--pids-limit')]).toEqual([
      ['256m'],
      ['256m'],
      ['8'],
    ]);
    expect(valuesOf(args, '--ulimit')).toEqual(['cpu=5', `fsize=${2 * 2 ** 20}`]);
  });

  it('has a network only where its pool says so', async () => {
    expect(valuesOf(await argumentsOf(true), '--network')).toEqual([]);
  });

  it('gets its variables by name, so that no value is on a command line', async () => {
    const args = await argumentsOf(false);
    expect(valuesOf(args, '--env')).toEqual(['TOKEN', 'A']);
    expect(args.join(' ')).not.toContain('hidden value');
  });
});
