import { beforeAll, describe, expect, it } from 'vitest';
import { describeRuntime } from '../../../test/support/runtime/runtime-contract.ts';
import type { Sandbox } from '../../core/programs/sandbox.ts';
import { createSandboxFinder } from '../sandbox/find-sandbox.ts';
import { createProcessRuntime } from './process-runtime.ts';

const outgoing = { allowedPrivateHosts: [], headerTimeoutMs: 1_000 };
let sandbox: Sandbox;
beforeAll(async () => {
  ({ sandbox } = await createSandboxFinder({ readPaths: [], outgoing, allowUnsandboxed: false })());
});
const limits = { memory_mib: 512, processes: 32, cpu_seconds: 10, file_mib: 16 };

describeRuntime('process', async (script, env = {}) =>
  createProcessRuntime(
    { runtime: 'process', command: ['/bin/bash', '-c', script], env, readPaths: [], hosts: [], limits },
    sandbox,
  ),
);

describe('the sandbox of a worker', () => {
  it('is bubblewrap', () => {
    expect(sandbox.kind).toBe('bubblewrap');
  });
});
