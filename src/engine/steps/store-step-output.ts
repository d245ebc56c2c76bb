import { Fault } from '../../core/errors.ts';
import type { StepResult } from '../../core/resource.ts';
import { essenceOf, extensionOf } from '../../lib/media-type.ts';
import type { Attempt } from '../model/attempt.ts';
import { type StoredOutput, storeOutput } from '../outputs/store-output.ts';
import type { CommandStepDeps } from './step-deps.ts';

/** What a step made, stored, when it is of the media type that was asked for. */
export function storeStepOutput(
  deps: Pick<CommandStepDeps, 'artifacts' | 'maxResultBytes'>,
  { step, signal }: Attempt,
  made: StepResult,
): Promise<StoredOutput> {
  const wanted = step.terms?.outputMediaType;
  if (wanted !== undefined && essenceOf(made.mediaType) !== wanted) {
    const message = `${step.capability} made ${essenceOf(made.mediaType)}, not ${wanted}. Ask for what it makes, or take another command.`;
    throw new Fault('BAD_INPUT', message, { path: ['outputMediaType'] });
  }
  const name = `${step.key}${extensionOf(made.mediaType)}`;
  return storeOutput(made, { artifacts: deps.artifacts, maxBytes: deps.maxResultBytes, name, signal });
}
