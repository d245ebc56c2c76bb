import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolContext } from '../../../src/core/agent-session.ts';
import type { CanonicalUri } from '../../../src/core/canonical-uri.ts';
import type { Cpu } from '../../../src/core/cpu-pool.ts';
import { Fault } from '../../../src/core/errors.ts';
import type { LogLevel } from '../../../src/core/event.ts';
import type { User } from '../../../src/core/principal.ts';
import { createArtifactStore } from '../../../src/resources/artifacts/artifact-store.ts';
import { createTestResources } from '../resources/resources.ts';

export interface TestToolContextOptions {
  readonly user?: User;
  readonly step?: string;
  readonly signal?: AbortSignal;
  /** Decision of the policy: throws to deny. Default: allows everything. */
  readonly authorize?: (action: string, uri?: CanonicalUri) => void;
  readonly secret?: (name: string, uri: CanonicalUri) => string;
  /** Default: runs tasks in this thread. */
  readonly cpu?: Cpu;
  /** Default: reads only inline sources, `data:`, and `artifact:` of this context. */
  readonly read?: ToolContext['read'];
}

export interface TestToolContext {
  readonly context: ToolContext;
  /** Absolute; deleted by `close`. */
  readonly workspace: string;
  readonly logged: readonly { readonly level: LogLevel; readonly text: string }[];
  readonly notified: readonly { readonly level: LogLevel; readonly message: string }[];
  readonly progress: readonly { readonly percent: number | undefined; readonly memo: string | undefined }[];
  /** What the policy was asked, such as `tool:repo.git.push https://…`. */
  readonly authorized: readonly string[];
  /** The bytes behind an `artifact:` URI. */
  bytesOf(uri: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

const ALICE: User = { subject: 'alice', username: 'alice', tenant: 'default', roles: ['analyst'] };
const MAX_BYTES = 200 * 2 ** 20;

/** A tool context with a real folder, artifact store and resources; the test supplies policy and secrets. */
export async function createTestToolContext(options: TestToolContextOptions = {}): Promise<TestToolContext> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-tools-'));
  const workspace = join(folder, 'workspace');
  await mkdir(workspace);
  const artifacts = await createArtifactStore(join(folder, 'artifacts'));
  const kept = new Map<string, { mediaType: string; size: number; digest: string }>();
  const resources = await createTestResources({ fetchMaxBytes: MAX_BYTES });
  const logged: { level: LogLevel; text: string }[] = [];
  const notified: { level: LogLevel; message: string }[] = [];
  const progress: { percent: number | undefined; memo: string | undefined }[] = [];
  const asked: string[] = [];
  const signal = options.signal ?? new AbortController().signal;

  const context: ToolContext = {
    runId: 'run_00000000000070008000000000000000',
    step: options.step ?? 'only',
    user: options.user ?? ALICE,
    signal,
    cpu: options.cpu ?? inlineCpu,
    log: (level, text) => void logged.push({ level, text }),
    progress: (percent, memo) => void progress.push({ percent, memo }),
    notify: (level, message) => void notified.push({ level, message }),
    authorize(action, uri) {
      asked.push(uri ? `${action} ${uri.href}` : action);
      options.authorize?.(action, uri);
    },
    secret(name, uri) {
      if (options.secret) return options.secret(name, uri);
      throw new Fault('NOT_FOUND', `There is no secret ${name}.`);
    },
    read:
      options.read ??
      (async (source) => {
        const digest = 'uri' in source ? /^artifact:sha256\/(.*)$/.exec(source.uri)?.[1] : undefined;
        if (digest === undefined) return resources.open(source, { signal });
        const { mediaType } = kept.get(digest) ?? { mediaType: 'application/octet-stream' };
        const bytes = Buffer.from(await artifacts.read(digest, MAX_BYTES)).toString('base64');
        return resources.open({ bytes: { base64: bytes, mediaType } }, { signal });
      }),
    async saveArtifact(name, mediaType, content) {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      const { digest, size } = await artifacts.put(bytes, { maxBytes: MAX_BYTES, signal });
      kept.set(digest, { mediaType, size, digest });
      return { name, uri: `artifact:sha256/${digest}`, media_type: mediaType, size, sha256: digest };
    },
    workspace: async () => workspace,
  };

  return {
    ...{ context, workspace, logged, notified, progress, authorized: asked },
    bytesOf: (uri) => artifacts.read(uri.replace('artifact:sha256/', ''), MAX_BYTES),
    async close() {
      await resources.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The real pool is in a higher layer. */
const inlineCpu: Cpu = {
  async run(task, input) {
    const module = await import(task.href);
    return module.run(input);
  },
};
