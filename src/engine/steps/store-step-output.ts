import { Fault } from '../../core/errors.ts';
import type { StepResult } from '../../core/resource.ts';
import { essenceOf, extensionOf } from '../../lib/media-type.ts';
import type { Attempt } from '../model/attempt.ts';
import { type StoredOutput, storeOutput } from '../outputs/store-output.ts';
import type { CommandStepDeps } from './step-deps.ts';

/** Stores the result of a step. @throws Fault BAD_INPUT unless it has the requested media type, RESOURCE_TOO_LARGE */
export function storeStepOutput(
  deps: Pick<CommandStepDeps, 'artifacts' | 'maxResultBytes'>,
  { step, signal }: Attempt,
  made: StepResult,
): Promise<StoredOutput> {
  const wanted = step.terms?.outputMediaType;
  if (wanted !== undefined && essenceOf(made.mediaType) !== wanted) {
    const message = `${step.capability} returned ${essenceOf(made.mediaType)}, not ${wanted}. Request that media type, or use another command.`;
    throw new Fault('BAD_INPUT', message, { path: ['outputMediaType'] });
  }
  const name = `${step.key}${extensionOf(made.mediaType)}`;
  return storeOutput(made, { artifacts: deps.artifacts, maxBytes: deps.maxResultBytes, name, signal });
}
