import { randomBytes } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { readEnvironment } from './environment.ts';
import { topicOf } from './read-pools.ts';
import { createEnvironmentReader, type EnvironmentReader } from './variables.ts';

/** The settings of a worker of remote pools, in addition to those that it shares with the server. */
export interface WorkerConfig {
  /** As the server reads them. What it does not use is unset. */
  readonly config: Config;
  /** Can be a part of a subject of NATS. */
  readonly id: string;
  /** `WORKER_ID` is not set: the folder of the worker is removed with it. */
  readonly isTemporary: boolean;
  readonly pools: readonly string[];
  /** Topics of those pools. */
  readonly topics: readonly string[];
  readonly region: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Jobs that it does at once. */
  readonly concurrency: number;
  /** Whose jobs it does. */
  readonly serverId: string;
  /** It has the artifact store of the server; otherwise no store. */
  readonly sharesArtifacts: boolean;
  /** The folders of runs are shared, and belong to the server. */
  readonly sharesWorkspaces: boolean;
}

const MAX_LABELS = 64;
/** A worker issues no tokens, stores no credentials, and has no database. */
const UNUSED = [
  ...[
    'DATABASE_URL',
    'DATABASE_URL_FILE',
    'CHECKPOINT_KEY_FILE',
    'TRUSTED_DOCUMENTS',
    'METRICS_TOKEN',
    'METRICS_TOKEN_FILE',
  ],
  ...['JWKS_URL', 'JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_SECRET_FILE', 'CREDENTIALS_KEY_FILE'],
  ...['JWT_PREVIOUS_SECRET', 'JWT_PREVIOUS_SECRET_FILE', 'CREDENTIALS_PREVIOUS_KEY', 'CREDENTIALS_PREVIOUS_KEY_FILE'],
];

/**
 * The settings of a worker that takes the jobs of the pools.
 * @throws Fault BAD_INPUT with a violation for every problem
 */
export function readWorkerEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  pools: readonly string[],
): WorkerConfig {
  const read = createEnvironmentReader(env);
  const givenId = read.text('WORKER_ID');
  const id =
    givenId ??
    `${hostname()
      .replace(/[^\w-]/g, '-')
      .slice(0, 64)}-${randomBytes(4).toString('hex')}`;
  if (!/^[\w-]{1,100}$/.test(id)) {
    read.addProblem('WORKER_ID', 'write 1 to 100 of the characters A-Z, a-z, 0-9, _ and -');
  }
  if (read.text('NATS_URL') === undefined && read.text('NATS_URL_FILE') === undefined)
    read.addProblem('NATS_URL', 'a worker gets its jobs over NATS; set it as on the server');
  const sharesArtifacts = read.text('ARTIFACTS_DIR') !== undefined || read.text('ARTIFACTS_URL') !== undefined;
  const hasRedis = read.text('REDIS_URL') !== undefined || read.text('REDIS_URL_FILE') !== undefined;
  if (!sharesArtifacts && !hasRedis) {
    const message = 'set ARTIFACTS_URL, ARTIFACTS_DIR or REDIS_URL as on the server: there is what jobs work on';
    read.addProblem('ARTIFACTS_URL', message);
  }
  const region = read.text('WORKER_REGION') ?? '';
  const labels = readLabels(read, 'WORKER_LABELS');
  const concurrency = read.integer('WORKER_CONCURRENCY', { min: 1, max: 1_000, defaultValue: availableParallelism() });
  const serverId = read.text('CAP_SENDER_ID') ?? 'signalbox';
  if (serverId === id) read.addProblem('WORKER_ID', `${id} is the CAP_SENDER_ID of the server; choose another id`);
  read.throwProblems();

  const secret = randomBytes(48).toString('base64url');
  const config = readEnvironment({
    ...env,
    ...Object.fromEntries(UNUSED.map((name) => [name, undefined])),
    ...{ JWT_SECRET: secret, CREDENTIALS_KEY: secret, CAP_SENDER_ID: id },
    // Several workers and a server may be started in the same folder.
    DATA_DIR: join(read.text('DATA_DIR') ?? 'data', 'workers', id),
  });
  const topics = pools.map((pool) => {
    const settings = config.pools[pool];
    if (settings === undefined || settings.runtime === 'remote') return settings?.topic ?? topicOf(pool);
    read.addProblem(
      'POOLS_FILE',
      `the pool ${pool} has the runtime ${settings.runtime}; workers take steps of remote pools`,
    );
    return '';
  });
  read.throwProblems();
  return {
    ...{ config, id, isTemporary: givenId === undefined, pools, topics, region, labels, concurrency, serverId },
    sharesArtifacts,
    sharesWorkspaces: read.text('WORKSPACES_DIR') !== undefined,
  };
}

/** A comma-separated list of `NAME=VALUE`. */
function readLabels(read: EnvironmentReader, name: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const part of read.list(name) ?? []) {
    const [, label, value] = /^([A-Za-z_][\w.-]{0,127})=(.{0,4096})$/.exec(part) ?? [];
    if (label !== undefined && value !== undefined) labels[label] = value;
    else read.addProblem(name, 'write names with values, separated by commas: gpu=a100,zone=b');
  }
  if (Object.keys(labels).length > MAX_LABELS) read.addProblem(name, `write at most ${MAX_LABELS} labels`);
  return labels;
}
