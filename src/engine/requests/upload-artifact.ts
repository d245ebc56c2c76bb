import { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { Decision } from '../../core/policy.ts';
import type { SignedIn } from '../../core/principal.ts';
import type { ArtifactRecord } from '../../core/run.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { EffectHandlers } from '../driver/effect-runner.ts';
import { createRunStart, identifyRequest, userOf } from '../driver/run-start.ts';
import { storeArtifact } from '../outputs/store-output.ts';
import type { CommandStepDeps } from '../steps/step-deps.ts';
import { admitShortRun } from './admit-run.ts';
import type { Upload } from './engine.ts';
import type { ExecuteDeps } from './execute-command.ts';

const UPLOAD_COMMAND = 'uploadArtifact';
const UPLOAD_TIMEOUT_MS = 15 * 60_000;

/** External, because the content is lost with the connection: the step cannot be repeated. */
const UPLOAD_STEP = {
  key: UPLOAD_COMMAND,
  title: 'Upload an artifact',
  kind: 'COMMAND',
  capability: UPLOAD_COMMAND,
  effect: 'external',
  dependsOn: [],
  maxAttempts: 1,
} as const;

type UploadDeps = ExecuteDeps & CommandStepDeps & { readonly reader: StoreReader; readonly handlers: EffectHandlers };

/** Stores bytes as an artifact of a new run; see `Engine.uploadArtifact`. */
export async function uploadArtifact(
  deps: UploadDeps,
  principal: SignedIn,
  { name, mediaType, content, size, traceId }: Upload,
): Promise<ArtifactRecord> {
  const { resources, gate, quotas, clock, runs, reader, maxReadBytes: maxBytes } = deps;
  const user = userOf(principal);
  const uri = resources.policyUriOf({ bytes: { base64: '', mediaType } });
  const decisions: readonly Decision[] = [gate.pass(user, { action: `command:${UPLOAD_COMMAND}`, uri })];
  admitShortRun(deps, user);
  const artifacts = quotas.artifactsOf(user, deps.artifacts);
  const release = quotas.hold(user, 'uploads');
  const reserved = size ?? maxBytes;
  let received = 0;
  const counted = countBytes(content, (bytes) => {
    received += bytes;
  });

  let id = '';
  const handlers: EffectHandlers = {
    ...deps.handlers,
    prepare: () => ({ type: 'ready', decisions }),
    async act({ signal }) {
      const stop = AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_TIMEOUT_MS)]);
      const stored = await storeArtifact(mediaType, counted, { artifacts, maxBytes, name, signal: stop });
      id = stored.artifact.id;
      return stored;
    },
  };
  const inputs = { name, mediaType };
  const plan = { kind: 'COMMAND', inputs, steps: [{ ...UPLOAD_STEP, id: newId('step') }] } as const;
  const identity = identifyRequest({ ...(traceId && { traceId }) }, inputs);
  const upload = async () => {
    await quotas.admit(user, { artifacts: 1, artifactBytes: Math.max(1, size ?? 1) });
    await quotas.take(user, 'uploadBytes', reserved);
    try {
      return await runs.drive(createRunStart(user, plan, identity, clock.now()), handlers).completed;
    } finally {
      // If the store cannot record it, the complete reservation counts until midnight; the upload stays what it was.
      await quotas.take(user, 'uploadBytes', Math.min(received, reserved) - reserved).catch((error: unknown) => {
        deps.logger.warn('upload.unsettled', { tenant: user.tenant, subject: user.subject, error: String(error) });
      });
    }
  };
  const { run } = await upload().finally(release);
  if (run.error) throw new Fault(run.error.code, run.error.message);
  const artifact = await reader.artifact({ tenant: user.tenant, subject: user.subject }, id);
  if (!artifact) throw new Error(`the artifact of run ${run.id} is not in the store`);
  return artifact;
}

async function* countBytes(content: Upload['content'], add: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of content instanceof Uint8Array ? [content] : content) {
    add(chunk.byteLength);
    yield chunk;
  }
}
