import type { PoolSettings, Runtime } from '../../core/runtime.ts';
import type { Sandbox } from '../../core/sandbox.ts';
import { createDockerRuntime } from './docker-runtime.ts';
import { createProcessRuntime } from './process-runtime.ts';

/** The runtime of each pool, by its name. */
export function createRuntimes(
  pools: Readonly<Record<string, PoolSettings>>,
  sandbox: Sandbox,
): ReadonlyMap<string, Runtime | 'inline'> {
  return new Map(Object.entries(pools).map(([name, settings]) => [name, runtimeOf(settings, sandbox)]));
}

function runtimeOf(settings: PoolSettings, sandbox: Sandbox): Runtime | 'inline' {
  switch (settings.runtime) {
    case 'inline':
      return 'inline';
    case 'process':
      return createProcessRuntime(settings, sandbox);
    case 'docker':
      return createDockerRuntime(settings);
  }
}
