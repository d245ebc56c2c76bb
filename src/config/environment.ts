import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { STEP_KINDS, type StepKind } from '../core/run.ts';
import type { Config } from './config.ts';
import { readAgents } from './read-agents.ts';
import { readLocalRoots, readMemoryRoot } from './read-local-roots.ts';
import { readHost, readOrigins, readPrivateHosts, readWebUrl } from './read-network.ts';
import { readPools } from './read-pools.ts';
import { readQuotas } from './read-quotas.ts';
import { readTokenIssuer } from './read-token-issuer.ts';
import { readNamedSecrets, readTools } from './read-tools.ts';
import { MIN_KEY_BYTES, persistedSecret, readSecret, type Secret } from './secrets.ts';
import { createEnvironmentReader, type EnvironmentReader } from './variables.ts';

/** The PostgreSQL database, a secret because of its password; undefined when the variable is unset. */
function readDatabaseUrl(read: EnvironmentReader, name: string): Secret | undefined {
  const secret = readSecret(read, name, 1);
  if (secret && !isPostgresUrl(Buffer.from(secret.reveal()).toString())) {
    read.addProblem(name, 'write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, special characters percent-encoded');
  }
  return secret;
}

function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, hash } = new URL(text);
  return ['postgres:', 'postgresql:'].includes(protocol) && pathname.length > 1 && hash === '';
}

/** A comma-separated list of `KIND=NUMBER`: the maximum number of running steps of that kind. Other kinds have no separate limit. */
function readKindLimits(read: EnvironmentReader, name: string): Partial<Record<StepKind, number>> {
  const limits: Partial<Record<StepKind, number>> = {};
  for (const part of read.list(name) ?? []) {
    const [, word = '', digits = ''] = /^([a-z]+)=([1-9]\d{0,4})$/.exec(part) ?? [];
    const kind = STEP_KINDS.find((one) => one.toLowerCase() === word);
    if (kind) limits[kind] = Number(digits);
    else read.addProblem(name, 'write kinds of steps with numbers from 1 to 99999: transform=2,command=64');
  }
  return limits;
}

const PROJECT_FOLDER = resolve(import.meta.dirname, '../..');
/** For the examples. Programs that read them see where this server is installed. */
const EXAMPLE_PATHS = [join(PROJECT_FOLDER, 'examples'), join(PROJECT_FOLDER, 'node_modules')];
const MIB = 1_048_576;
const DAY_MS = 86_400_000;
/** Long enough that it cannot be guessed over the network. */
const MIN_METRICS_TOKEN_BYTES = 16;

/**
 * Reads the settings from the environment; docs/configuration.md describes the variables. Paths are relative to the
 * working directory. In development without JWT_SECRET, it creates one in DATA_DIR.
 * @throws Fault BAD_INPUT with a violation for every problem; its path is `/` and the variable's name.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Config {
  const read = createEnvironmentReader(env);
  const mode = read.choice('NODE_ENV', ['development', 'production'], 'development');
  const development = mode === 'development';
  const dataDir = resolve(read.text('DATA_DIR') ?? 'data');
  const artifactsDir = resolve(read.text('ARTIFACTS_DIR') ?? join(dataDir, 'artifacts'));
  const databaseUrl = readDatabaseUrl(read, 'DATABASE_URL');
  const allowedPrivateHosts = readPrivateHosts(read, 'ALLOWED_PRIVATE_HOSTS');
  const issuer = readTokenIssuer(read, mode, allowedPrivateHosts);
  const metricsToken = readSecret(read, 'METRICS_TOKEN', MIN_METRICS_TOKEN_BYTES);
  const trustedDocuments = readFile(read, 'TRUSTED_DOCUMENTS');
  const otlpEndpoint = readWebUrl(read, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  const commandTimeoutMs = read.integer('COMMAND_TIMEOUT_MS', { min: 1, max: DAY_MS, defaultValue: 60_000 });

  const server = {
    host: readHost(read, mode),
    port: read.integer('PORT', { min: 0, max: 65_535, defaultValue: 4000 }),
    corsOrigins: readOrigins(read, 'CORS_ORIGINS'),
    trustProxy: read.flag('TRUST_PROXY', false),
    ...(metricsToken && { metricsToken }),
    introspection: read.flag('INTROSPECTION', development),
    graphiql: read.flag('GRAPHIQL', development),
    ...(trustedDocuments && { trustedDocuments }),
  };
  const tokenMinutes = read.integer('ACCESS_TOKEN_EXPIRE_MINUTES', { min: 1, max: 43_200, defaultValue: 60 });
  const policy = {
    modelFile: readFile(read, 'POLICY_MODEL') ?? resolve(PROJECT_FOLDER, 'policy/model.conf'),
    rulesFile: readFile(read, 'POLICY_FILE') ?? resolve(PROJECT_FOLDER, 'policy/policy.csv'),
  };
  const localRoots = readLocalRoots(read, 'ALLOWED_LOCAL_ROOTS', [
    { name: '/data', folder: resolve(PROJECT_FOLDER, 'examples/data') },
    { name: '/schemas', folder: resolve(PROJECT_FOLDER, 'examples/schemas') },
  ]);
  const resources = {
    fetchMaxBytes: read.integer('FETCH_MAX_BYTES', { min: 1, max: MIB ** 2, defaultValue: 50 * MIB }),
    allowedPrivateHosts,
    localRoots,
    memoryRoot: readMemoryRoot(read, 'MEMORY_ROOT', {
      localRoots,
      defaultRoot: { name: '/memories', folder: join(dataDir, 'memories') },
    }),
    headerTimeoutMs: Math.min(10_000, commandTimeoutMs),
    totalTimeoutMs: commandTimeoutMs,
  };
  const engine = {
    commandTimeoutMs,
    maxRunning: read.integer('MAX_RUNNING', { min: 1, max: 10_000, defaultValue: 128 }),
    maxRunningByKind: readKindLimits(read, 'MAX_RUNNING_BY_KIND'),
    maxQueued: read.integer('MAX_QUEUED', { min: 0, max: 1_000_000, defaultValue: 1024 }),
    maxRuns: read.integer('MAX_RUNS', { min: 1, max: 1_000_000, defaultValue: 10_000 }),
    drainMs: read.integer('DRAIN_MS', { min: 0, max: DAY_MS, defaultValue: 8000 }),
  };
  const checkpointKeyFile = readFile(read, 'CHECKPOINT_KEY_FILE');
  const retentionDays = read.integer('RETENTION_DAYS', { min: 1, max: 36_500, defaultValue: 0 });
  const workspacesDir = resolve(read.text('WORKSPACES_DIR') ?? join(dataDir, 'workspaces'));
  const sandbox = {
    allowUnsandboxed: read.flag('ALLOW_UNSANDBOXED_EXEC', false),
    readPaths: (read.list('SANDBOX_READ_PATHS') ?? (mode === 'development' ? EXAMPLE_PATHS : [])).map((path) =>
      resolve(path),
    ),
    python: read.choice('PYTHON_ENGINE', ['auto', 'native', 'wasi'], 'auto'),
  };
  const pools = readPools(read, 'POOLS_FILE');
  const agents = readAgents(read);
  const quotas = readQuotas(read, 'QUOTAS', {
    maxRuns: engine.maxRuns,
    tokensPerDay: agents.tokens.perPrincipalDay,
  });
  const secrets = readNamedSecrets(read, env);
  const tools = readTools(read, { project: PROJECT_FOLDER, dataDir });
  const credentialsKey = readSecret(read, 'CREDENTIALS_KEY', MIN_KEY_BYTES);
  const publicUrl = readWebUrl(read, 'PUBLIC_URL')?.replace(/\/$/, '');
  const plugins = readFiles(read, 'SIGNALBOX_PLUGINS');
  const logLevel = read.choice('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], 'info');
  read.throwProblems();

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
      issuer: issuer ?? { kind: 'secret', secret: persistedSecret(dataDir, 'development-jwt-secret') },
    },
    policy,
    resources,
    engine,
    workspacesDir,
    sandbox,
    pools,
    agents,
    quotas,
    secrets,
    tools,
    credentialsKey: credentialsKey ?? persistedSecret(dataDir, 'credentials-key'),
    ...(publicUrl && { publicUrl }),
    plugins,
    telemetry: { ...(otlpEndpoint && { otlpEndpoint }), logLevel },
  };
}

function readFile(read: EnvironmentReader, name: string): string | undefined {
  const file = read.text(name);
  return file === undefined ? undefined : existingFile(read, name, file);
}

function readFiles(read: EnvironmentReader, name: string): readonly string[] {
  return (read.list(name) ?? []).map((file) => existingFile(read, name, file));
}

function existingFile(read: EnvironmentReader, name: string, file: string): string {
  const path = resolve(file);
  if (!isFile(path))
    read.addProblem(name, `the file ${path} does not exist or is not readable; write the path of a file`);
  return path;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
