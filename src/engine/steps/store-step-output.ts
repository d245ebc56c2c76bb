import { Fault } from '../../core/errors.ts';
import type { StepResult } from '../../core/resource.ts';
import { essenceOf, extensionOf } from '../../lib/media-type.ts';
import type { Attempt } from '../model/attempt.ts';
import { isBatch } from '../outputs/batch-items.ts';
import { type StoredOutput, storeOutput } from '../outputs/store-output.ts';
import type { CommandStepDeps } from './step-deps.ts';

/** Outputs that are inline are in memory as long as their run, and there may be many batches. */
const MAX_INLINE_BATCH_BYTES = 1_024;

/** Stores the result of a step. @throws Fault BAD_INPUT unless it has the requested media type, RESOURCE_TOO_LARGE, THROTTLED */
export function storeStepOutput(
  deps: Pick<CommandStepDeps, 'artifacts' | 'maxResultBytes' | 'quotas'>,
  { run, step, signal }: Attempt,
  result: StepResult,
): Promise<StoredOutput> {
  const mediaType = step.terms?.outputMediaType;
  if (mediaType !== undefined && essenceOf(result.mediaType) !== mediaType) {
    const message = `${step.capability} returned ${essenceOf(result.mediaType)}, not ${mediaType}. Request that media type, or use another command.`;
    throw new Fault('BAD_INPUT', message, { path: ['outputMediaType'] });
  }
  const name = `${step.key}${extensionOf(result.mediaType)}`;
  const artifacts = deps.quotas.artifactsOf(run.record.principal, deps.artifacts);
  const inline = isBatch(step) ? { maxInlineBytes: MAX_INLINE_BATCH_BYTES } : {};
  return storeOutput(result, { artifacts, maxBytes: deps.maxResultBytes, name, signal, ...inline });
}
