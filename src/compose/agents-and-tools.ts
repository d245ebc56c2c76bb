import { join } from 'node:path';
import type { AnyBackend } from '../agents/define-backend.ts';
import { createLanguageModel } from '../agents/llm/language-model.ts';
import { createBackends } from '../agents/registry.ts';
import { createSealer } from '../auth/sealer.ts';
import type { Config } from '../config/config.ts';
import type { Credentials } from '../core/accounts/accounts.ts';
import type { TokenLimits } from '../core/agent-stores.ts';
import type { RemotePool, Runtime } from '../core/runtime.ts';
import { toBackend, toStepKind, toTool } from '../plugins/adapt/capabilities.ts';
import type { Plugins } from '../plugins/load-plugins.ts';
import { createRuntimes } from '../runtime/pools/create-runtimes.ts';
import { createPythonFinder } from '../runtime/python/find-python.ts';
import { createSandboxFinder } from '../runtime/sandbox/find-sandbox.ts';
import { createRunNodeTests } from '../step-kinds/checks/run-node-tests.ts';
import type { AnyStepKind } from '../step-kinds/define-step-kind.ts';
import { createStepKinds } from '../step-kinds/registry.ts';
import type { AnyTool } from '../tools/define-tool.ts';
import { createDrives, type Drives } from '../tools/drive/drives.ts';
import { createWebhook } from '../tools/notify/webhook.ts';
import { createTools } from '../tools/registry.ts';
import { createSearcher } from '../tools/search/create-searcher.ts';
import type { Adapters } from './adapters.ts';

const MIB = 2 ** 20;
/** JSON names every field of every row, so it is larger than the CSV that it was made from. */
export const MAX_RESULT_GROWTH = 4;
/** What one program of an agent may take: a shell, or an MCP server over stdio. */
const AGENT_PROGRAM_LIMITS = { memoryBytes: 4_096 * MIB, processes: 128, cpuSeconds: 600, fileBytes: 100 * MIB };

/** What steps can do in addition to commands and queries, as configured. */
export interface AgentsAndTools {
  readonly tools: readonly AnyTool[];
  readonly backends: readonly AnyBackend[];
  readonly kinds: readonly AnyStepKind[];
  readonly pools: ReadonlyMap<string, Runtime | RemotePool | 'inline'>;
  readonly drives: Drives;
  readonly tokenLimits: TokenLimits;
  /** The value of a named secret. */
  secret(name: string): string | undefined;
}

/** What they need of the adapters. */
export interface ToolAdapters
  extends Pick<Adapters, 'version' | 'outgoing' | 'resources' | 'schemas' | 'logger' | 'clock'> {
  readonly credentials: Credentials;
}

/** @throws Fault UNAVAILABLE when the settings require an engine that does not work here */
export async function openAgentsAndTools(
  config: Config,
  adapters: ToolAdapters,
  plugins: Plugins,
): Promise<AgentsAndTools> {
  const { version, outgoing, resources, schemas, credentials, logger, clock } = adapters;
  const { allowedPrivateHosts, headerTimeoutMs, fetchMaxBytes, localRoots } = config.resources;
  const { readPaths, allowUnsandboxed, python: prefer } = config.sandbox;
  const findSandbox = createSandboxFinder({
    readPaths,
    allowUnsandboxed,
    logger,
    outgoing: { allowedPrivateHosts, headerTimeoutMs },
  });
  const [{ sandbox, why, memory }, python] = await Promise.all([
    findSandbox(),
    createPythonFinder({ prefer, findSandbox })(),
  ]);
  logger.info('sandbox.found', { sandbox: sandbox.kind, python: python.engine.name, why, memory });

  const { canonicalize } = resources;
  const { gitToken, webhook, search, drive, stacksDir } = config.tools;
  const drives = createDrives({
    settings: drive,
    credentials,
    sealer: createSealer(config.credentialsKey, config.credentialsPreviousKey),
    outgoing,
    clock,
    publicUrl: config.publicUrl ?? `http://${config.server.host}:${config.server.port}${config.server.basePath}`,
  });
  const { llm, tokens } = config.agents;
  const access = { outgoing, canonicalize };
  return {
    tools: [
      ...createTools({
        python: python.engine,
        drive: drives.resolveDrive,
        maxBytes: fetchMaxBytes,
        git: { sandbox, outgoing, ...(gitToken && { token: gitToken }) },
        ...(webhook && {
          webhook: createWebhook({ uri: canonicalize(webhook.url), secret: webhook.secret, outgoing }),
        }),
        search: createSearcher({ settings: search, localRoots, outgoing }),
      }),
      ...plugins.tools.map((tool) => toTool(tool, access)),
    ],
    backends: [
      ...createBackends({
        sandbox,
        programLimits: AGENT_PROGRAM_LIMITS,
        readPaths,
        outgoing,
        canonicalize,
        schemas,
        version,
        ...(llm && { llm }),
      }),
      ...plugins.backends.map((backend) => toBackend(backend, access)),
    ],
    kinds: [
      ...createStepKinds({
        outgoing,
        canonicalize,
        stacksDir,
        runNodeTests: createRunNodeTests({ sandbox, nodeModules: join(import.meta.dirname, '../../node_modules') }),
        ...(llm && { model: createLanguageModel({ outgoing, canonicalize, ...llm }) }),
      }),
      ...plugins.kinds.map((kind) => toStepKind(kind, access)),
    ],
    pools: createRuntimes(config.pools, sandbox),
    drives,
    tokenLimits: tokens,
    secret: (name) => {
      const secret = config.secrets.get(name);
      return secret && Buffer.from(secret.reveal()).toString('utf8');
    },
  };
}
