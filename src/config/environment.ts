import { join, resolve } from 'node:path';
import type { Config } from './config.ts';
import { readAgents } from './read-agents.ts';
import { readFile, readFiles } from './read-file.ts';
import { readLocalRoots, readMemoryRoot } from './read-local-roots.ts';
import { readNats } from './read-nats.ts';
import { readBasePath, readHost, readOrigins, readPrivateHosts, readWebUrl } from './read-network.ts';
import { readPeers } from './read-peers.ts';
import { readPools } from './read-pools.ts';
import { readQuotas } from './read-quotas.ts';
import { readArtifacts, readRedisUrl, readS3 } from './read-storage.ts';
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

/**
 * A comma-separated list of `KIND=NUMBER`: the maximum number of running steps of that kind. Other kinds have no separate limit.
 * Which kinds exist is known when the plugins are loaded.
 */
function readKindLimits(read: EnvironmentReader, name: string): Readonly<Record<string, number>> {
  const limits: Record<string, number> = {};
  for (const part of read.list(name) ?? []) {
    const [, kind, digits] = /^([a-z][a-z0-9_]*)=([1-9]\d{0,4})$/.exec(part) ?? [];
    if (kind !== undefined) limits[kind.toUpperCase()] = Number(digits);
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

/** The folder of the server's data; it need not exist. */
export function readDataDir(env: Readonly<Record<string, string | undefined>>): string {
  return resolve(createEnvironmentReader(env).text('DATA_DIR') ?? 'data');
}

/**
 * Reads the settings from the environment; docs/configuration.md describes the variables. Paths are relative to the
 * working directory. In development without JWT_SECRET, it creates one in DATA_DIR.
 * @throws Fault BAD_INPUT with a violation for every problem; its path is `/` and the variable's name.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Config {
  const read = createEnvironmentReader(env);
  const mode = read.choice('NODE_ENV', ['development', 'production'], 'development');
  const development = mode === 'development';
  const dataDir = readDataDir(env);
  const s3 = readS3(read);
  const redisUrl = readRedisUrl(read);
  const artifacts = readArtifacts(read, { defaultFolder: join(dataDir, 'artifacts'), s3 });
  const databaseUrl = readDatabaseUrl(read, 'DATABASE_URL');
  const nats = readNats(read);
  const allowedPrivateHosts = readPrivateHosts(read, 'ALLOWED_PRIVATE_HOSTS');
  const issuer = readTokenIssuer(read, mode, allowedPrivateHosts);
  const metricsToken = readSecret(read, 'METRICS_TOKEN', MIN_METRICS_TOKEN_BYTES);
  const trustedDocuments = readFile(read, 'TRUSTED_DOCUMENTS');
  const otlpEndpoint = readWebUrl(read, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  const commandTimeoutMs = read.integer('COMMAND_TIMEOUT_MS', { min: 1, max: DAY_MS, defaultValue: 60_000 });

  const hasSafetyKernel = read.text('SAFETY_KERNEL_PORT') !== undefined;
  const safetyKernelPort = read.integer('SAFETY_KERNEL_PORT', { min: 0, max: 65_535, defaultValue: 0 });

  const server = {
    host: readHost(read, mode),
    port: read.integer('PORT', { min: 0, max: 65_535, defaultValue: 4000 }),
    corsOrigins: readOrigins(read, 'CORS_ORIGINS'),
    trustProxy: read.flag('TRUST_PROXY', false),
    basePath: readBasePath(read, 'BASE_PATH'),
    ...(metricsToken && { metricsToken }),
    ...(hasSafetyKernel && { safetyKernelPort }),
    introspection: read.flag('INTROSPECTION', development),
    graphiql: read.flag('GRAPHIQL', development),
    ...(read.flag('DASHBOARD', true) && { dashboard: resolve(PROJECT_FOLDER, 'clients/dashboard/dist') }),
    ...(trustedDocuments && { trustedDocuments }),
  };
  const tokenMinutes = read.integer('ACCESS_TOKEN_EXPIRE_MINUTES', { min: 1, max: 43_200, defaultValue: 60 });
  const sessionHours = read.integer('SESSION_HOURS', { min: 1, max: 720, defaultValue: 12 });
  const apiTokenDays = read.integer('API_TOKEN_MAX_DAYS', { min: 0, max: 3_650, defaultValue: 365 });
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
  const remote = Object.keys(pools).find((name) => pools[name]?.runtime === 'remote');
  if (remote !== undefined && !nats)
    read.addProblem('POOLS_FILE', `the pool ${remote} is remote, and its workers are reached over NATS; set NATS_URL`);
  const peers = readPeers(read);
  const agents = readAgents(read);
  const quotas = readQuotas(read, 'QUOTAS', {
    maxRuns: engine.maxRuns,
    tokensPerDay: agents.tokens.perPrincipalDay,
  });
  const secrets = readNamedSecrets(read, env);
  const tools = readTools(read, { project: PROJECT_FOLDER, dataDir });
  const credentialsKey = readSecret(read, 'CREDENTIALS_KEY', MIN_KEY_BYTES);
  const credentialsPreviousKey = readSecret(read, 'CREDENTIALS_PREVIOUS_KEY', MIN_KEY_BYTES);
  const publicUrl = readWebUrl(read, 'PUBLIC_URL')?.replace(/\/$/, '');
  const plugins = readFiles(read, 'SIGNALBOX_PLUGINS');
  const logLevel = read.choice('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent'], 'info');
  read.throwProblems();

  return {
    mode,
    server,
    dataDir,
    artifacts,
    ...(s3 && { s3 }),
    ...(redisUrl && { redisUrl }),
    database: databaseUrl
      ? { kind: 'postgres', url: databaseUrl }
      : { kind: 'sqlite', file: join(dataDir, 'signalbox.db') },
    ...(nats && { nats }),
    audit: { ...(checkpointKeyFile && { checkpointKeyFile }), ...(retentionDays > 0 && { retentionDays }) },
    auth: {
      tokenMinutes,
      sessionHours,
      apiTokenDays,
      devAccounts: development && issuer?.kind !== 'jwks',
      issuer: issuer ?? { kind: 'secret', secret: persistedSecret(dataDir, 'development-jwt-secret') },
    },
    policy,
    resources,
    engine,
    peers,
    workspacesDir,
    sandbox,
    pools,
    agents,
    quotas,
    secrets,
    tools,
    credentialsKey: credentialsKey ?? persistedSecret(dataDir, 'credentials-key'),
    ...(credentialsPreviousKey && { credentialsPreviousKey }),
    ...(publicUrl && { publicUrl }),
    plugins,
    telemetry: { ...(otlpEndpoint && { otlpEndpoint }), logLevel },
  };
}
