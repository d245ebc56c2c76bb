import type { Sandbox } from '../../core/programs/sandbox.ts';
import type { PoolSettings, RemotePool, Runtime } from '../../core/runtime.ts';
import { createDockerRuntime } from './docker-runtime.ts';
import { createProcessRuntime } from './process-runtime.ts';

/** What performs the steps of each pool, by its name. */
export function createRuntimes(
  pools: Readonly<Record<string, PoolSettings>>,
  sandbox: Sandbox,
): ReadonlyMap<string, Runtime | RemotePool | 'inline'> {
  return new Map(Object.entries(pools).map(([name, settings]) => [name, runtimeOf(settings, sandbox)]));
}

function runtimeOf(settings: PoolSettings, sandbox: Sandbox): Runtime | RemotePool | 'inline' {
  switch (settings.runtime) {
    case 'inline':
      return 'inline';
    case 'process':
      return createProcessRuntime(settings, sandbox);
    case 'docker':
      return createDockerRuntime(settings);
    case 'remote':
      return { kind: 'remote', topic: settings.topic };
  }
}
