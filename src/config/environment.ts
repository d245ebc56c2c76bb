import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { STEP_KINDS, type StepKind } from '../core/run.ts';
import type { Config } from './config.ts';
import { readAgents } from './read-agents.ts';
import { readLocalRoots } from './read-local-roots.ts';
import { readHost, readOrigins, readPrivateHosts, readWebUrl } from './read-network.ts';
import { readPools } from './read-pools.ts';
import { readTokenIssuer } from './read-token-issuer.ts';
import { readNamedSecrets, readTools } from './read-tools.ts';
import { keptSecret, readSecret, SECRET_BYTES, type Secret } from './secrets.ts';
import { createVariables, type Variables } from './variables.ts';

/** The PostgreSQL database, a secret because of its password; undefined when the variable is unset. */
export function readDatabaseUrl(read: Variables, name: string): Secret | undefined {
  const secret = readSecret(read, name, 1);
  if (secret && !isPostgresUrl(Buffer.from(secret.reveal()).toString())) {
    read.problem(name, 'write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, special characters percent-encoded');
  }
  return secret;
}

function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, hash } = new URL(text);
  return ['postgres:', 'postgresql:'].includes(protocol) && pathname.length > 1 && hash === '';
}

/** A comma list of `KIND=NUMBER`: steps of that kind at work at once. Kinds that are not named have no limit of their own. */
export function readKindLimits(read: Variables, name: string): Partial<Record<StepKind, number>> {
  const limits: Partial<Record<StepKind, number>> = {};
  for (const part of read.list(name) ?? []) {
    const [, word = '', digits = ''] = /^([a-z]+)=([1-9]\d{0,4})$/.exec(part) ?? [];
    const kind = STEP_KINDS.find((one) => one.toLowerCase() === word);
    if (kind) limits[kind] = Number(digits);
    else read.problem(name, 'write kinds of steps with numbers from 1 to 99999: transform=2,command=64');
  }
  return limits;
}

const PROJECT = resolve(import.meta.dirname, '../..');
const MIB = 1_048_576;
const DAY_MS = 86_400_000;
/** Enough that it cannot be guessed over the network. */
const METRICS_TOKEN_BYTES = 16;

/**
 * The settings, from the environment as docs/configuration.md describes it. Relative paths count from the working
 * directory. In development without JWT_SECRET it makes one and keeps it in DATA_DIR.
 * @throws Fault BAD_INPUT with a violation for everything that does not fit; the path is `/` and the variable's name.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Config {
  const read = createVariables(env);
  const mode = read.choice('NODE_ENV', ['development', 'production'], 'development');
  const development = mode === 'development';
  const dataDir = resolve(read.text('DATA_DIR') ?? 'data');
  const artifactsDir = resolve(read.text('ARTIFACTS_DIR') ?? join(dataDir, 'artifacts'));
  const databaseUrl = readDatabaseUrl(read, 'DATABASE_URL');
  const allowedPrivateHosts = readPrivateHosts(read, 'ALLOWED_PRIVATE_HOSTS');
  const issuer = readTokenIssuer(read, mode, allowedPrivateHosts);
  const metricsToken = readSecret(read, 'METRICS_TOKEN', METRICS_TOKEN_BYTES);
  const trustedDocuments = readFile(read, 'TRUSTED_DOCUMENTS');
  const otlpEndpoint = readWebUrl(read, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  const commandTimeoutMs = read.integer('COMMAND_TIMEOUT_MS', { least: 1, most: DAY_MS, unset: 60_000 });

  const server = {
    host: readHost(read, mode),
    port: read.integer('PORT', { least: 0, most: 65_535, unset: 4000 }),
    corsOrigins: readOrigins(read, 'CORS_ORIGINS'),
    trustProxy: read.flag('TRUST_PROXY', false),
    ...(metricsToken && { metricsToken }),
    introspection: read.flag('INTROSPECTION', development),
    graphiql: read.flag('GRAPHIQL', development),
    ...(trustedDocuments && { trustedDocuments }),
  };
  const tokenMinutes = read.integer('ACCESS_TOKEN_EXPIRE_MINUTES', { least: 1, most: 43_200, unset: 60 });
  const policy = {
    modelFile: readFile(read, 'POLICY_MODEL') ?? resolve(PROJECT, 'policy/model.conf'),
    rulesFile: readFile(read, 'POLICY_FILE') ?? resolve(PROJECT, 'policy/policy.csv'),
  };
  const resources = {
    fetchMaxBytes: read.integer('FETCH_MAX_BYTES', { least: 1, most: MIB ** 2, unset: 50 * MIB }),
    allowedPrivateHosts,
    localRoots: readLocalRoots(read, 'ALLOWED_LOCAL_ROOTS', [
      { name: '/data', folder: resolve(PROJECT, 'examples/data') },
      { name: '/schemas', folder: resolve(PROJECT, 'examples/schemas') },
    ]),
    headerTimeoutMs: Math.min(10_000, commandTimeoutMs),
    totalTimeoutMs: commandTimeoutMs,
  };
  const engine = {
    commandTimeoutMs,
    maxRunning: read.integer('MAX_RUNNING', { least: 1, most: 10_000, unset: 128 }),
    maxRunningByKind: readKindLimits(read, 'MAX_RUNNING_BY_KIND'),
    maxQueued: read.integer('MAX_QUEUED', { least: 0, most: 1_000_000, unset: 1024 }),
    maxRuns: read.integer('MAX_RUNS', { least: 1, most: 1_000_000, unset: 10_000 }),
    drainMs: read.integer('DRAIN_MS', { least: 0, most: DAY_MS, unset: 8000 }),
  };
  const checkpointKeyFile = readFile(read, 'CHECKPOINT_KEY_FILE');
  const retentionDays = read.integer('RETENTION_DAYS', { least: 1, most: 36_500, unset: 0 });
  const workspacesDir = resolve(read.text('WORKSPACES_DIR') ?? join(dataDir, 'workspaces'));
  const sandbox = {
    allowUnsandboxed: read.flag('ALLOW_UNSANDBOXED_EXEC', false),
    readPaths: (read.list('SANDBOX_READ_PATHS') ?? [join(PROJECT, 'examples'), join(PROJECT, 'node_modules')]).map(
      (path) => resolve(path),
    ),
    python: read.choice('PYTHON_ENGINE', ['auto', 'native', 'wasi'], 'auto'),
  };
  const pools = readPools(read, 'POOLS_FILE');
  const agents = readAgents(read);
  const secrets = readNamedSecrets(read, env);
  const tools = readTools(read, { project: PROJECT, dataDir });
  const credentialsKey = readSecret(read, 'CREDENTIALS_KEY', SECRET_BYTES);
  const publicUrl = readWebUrl(read, 'PUBLIC_URL')?.replace(/\/$/, '');
  const plugins = readFiles(read, 'SIGNALBOX_PLUGINS');
  const logLevel = read.choice('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], 'info');
  read.check();

  return {
    mode,
    server,
    dataDir,
    artifactsDir,
    database: databaseUrl
      ? { kind: 'postgres', url: databaseUrl }
      : { kind: 'sqlite', file: join(dataDir, 'signalbox.db') },
    audit: { ...(checkpointKeyFile && { checkpointKeyFile }), ...(retentionDays > 0 && { retentionDays }) },
    auth: {
      tokenMinutes,
      devAccounts: development && issuer?.kind !== 'jwks',
      issuer: issuer ?? { kind: 'secret', secret: keptSecret(dataDir, 'development-jwt-secret') },
    },
    policy,
    resources,
    engine,
    workspacesDir,
    sandbox,
    pools,
    agents,
    secrets,
    tools,
    credentialsKey: credentialsKey ?? keptSecret(dataDir, 'credentials-key'),
    ...(publicUrl && { publicUrl }),
    plugins,
    telemetry: { ...(otlpEndpoint && { otlpEndpoint }), logLevel },
  };
}

function readFile(read: Variables, name: string): string | undefined {
  const file = read.text(name);
  return file === undefined ? undefined : existing(read, name, file);
}

function readFiles(read: Variables, name: string): readonly string[] {
  return (read.list(name) ?? []).map((file) => existing(read, name, file));
}

function existing(read: Variables, name: string, file: string): string {
  const path = resolve(file);
  if (!isFile(path)) read.problem(name, `there is no file ${path} that this process may see; write the path of one`);
  return path;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
