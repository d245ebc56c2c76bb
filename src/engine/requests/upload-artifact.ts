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
  { name, mediaType, content, traceId }: Upload,
): Promise<ArtifactRecord> {
  const { resources, gate, clock, runs, reader, artifacts, maxReadBytes: maxBytes } = deps;
  const user = userOf(principal);
  const uri = resources.policyUriOf({ bytes: { base64: '', mediaType } });
  const decisions: readonly Decision[] = [gate.pass(user, { action: `command:${UPLOAD_COMMAND}`, uri })];
  deps.dispatcher.assertCapacity();

  let id = '';
  const handlers: EffectHandlers = {
    ...deps.handlers,
    prepare: () => ({ type: 'ready', decisions }),
    async act({ signal }) {
      const stop = AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_TIMEOUT_MS)]);
      const stored = await storeArtifact(mediaType, content, { artifacts, maxBytes, name, signal: stop });
      id = stored.artifact.id;
      return stored;
    },
  };
  const inputs = { name, mediaType };
  const plan = { kind: 'COMMAND', inputs, steps: [{ ...UPLOAD_STEP, id: newId('step') }] } as const;
  const identity = identifyRequest({ ...(traceId && { traceId }) }, inputs);
  const { run } = await runs.drive(createRunStart(user, plan, identity, clock.now()), handlers).completed;
  if (run.error) throw new Fault(run.error.code, run.error.message);
  const artifact = await reader.artifact({ tenant: user.tenant, subject: user.subject }, id);
  if (!artifact) throw new Error(`the artifact of run ${run.id} is not in the store`);
  return artifact;
}
