import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyCommand } from '../commands/define-command.ts';
import { commands as builtIn } from '../commands/registry.ts';
import { systemClock } from '../core/clock.ts';
import type { Journal } from '../core/journal.ts';
import type { Logger } from '../core/logger.ts';
import type { SignedIn } from '../core/principal.ts';
import { createPolicy } from '../policy/load-policy.ts';
import { scopeOf } from '../policy/visibility.ts';
import { createArtifactStore } from '../resources/artifact-store.ts';
import { createOutgoing } from '../resources/outgoing.ts';
import { createResources } from '../resources/resources.ts';
import { createSchemaValidator } from '../resources/validate-schema.ts';
import { createCpuPool } from '../runtime/cpu-pool.ts';
import { openStore } from '../store/open-store.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createEngine } from './create-engine.ts';
import { createGate } from './gate.ts';

export const ADMIN: SignedIn = {
  kind: 'user',
  subject: 'admin',
  username: 'admin',
  tenant: 'default',
  roles: ['admin'],
};
export const BOB: SignedIn = { kind: 'user', subject: 'bob', username: 'bob', tenant: 'default', roles: ['user'] };

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const root = join(import.meta.dirname, '../..');

interface Options {
  readonly commands?: readonly AnyCommand[];
  /** Stands between the engine and its journal. */
  readonly journal?: (real: Journal) => Journal;
  readonly timeoutMs?: number;
}

/** A real store and everything else that is real, in a folder of its own; `restart` gives another engine on the same. */
export async function startEngine() {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-engine-'));
  const store = await openStore({ file: join(folder, 'signalbox.db'), logger: silent });
  const artifacts = await createArtifactStore(join(folder, 'artifacts'));
  const outgoing = createOutgoing({ version: '0', allowedPrivateHosts: [], headerTimeoutMs: 1_000 });
  const cpu = createCpuPool();
  const files = { modelFile: join(root, 'policy/model.conf'), rulesFile: join(root, 'policy/policy.csv') };
  const policy = await createPolicy({ ...files, logger: silent });
  const { reader } = store;
  const settings = {
    fetchMaxBytes: 1_048_576,
    allowedPrivateHosts: [],
    localRoots: [],
    headerTimeoutMs: 1_000,
    totalTimeoutMs: 5_000,
  };
  const resources = createResources({
    settings,
    outgoing,
    artifacts,
    content: (s, digest) => reader.content(s, digest),
  });
  const metrics = createMetrics();

  const engine = ({ commands = [], journal = (real) => real, timeoutMs = 5_000 }: Options = {}) =>
    createEngine({
      commands: new Map([...builtIn, ...commands].map((command) => [command.name, command])),
      resources,
      artifacts,
      schemas: createSchemaValidator({ cpu }),
      cpu,
      gate: createGate({ policy, clock: systemClock, metrics, logger: silent }),
      journal: journal(store.journal),
      reader,
      clock: systemClock,
      logger: silent,
      metrics,
      maxReadBytes: settings.fetchMaxBytes,
      maxResultBytes: settings.fetchMaxBytes,
      timeoutMs,
      limits: { maxRunning: 16, maxQueued: 16 },
      scopeOf: (who) => scopeOf({ kind: 'user', ...who }, policy),
    });

  return {
    engine,
    store,
    async stop() {
      policy.close();
      await Promise.all([store.close(), cpu.close(), outgoing.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
