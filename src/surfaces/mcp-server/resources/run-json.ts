import type { RunRecord, RunSnapshot, StepOutput, StepRecord } from '../../../core/run.ts';
import { outputUri } from '../../../engine/outputs/output-json.ts';
import type { JsonObject } from '../../../lib/json.ts';

/** A run with its steps, as a resource shows it. */
export function runJson({ run, steps }: RunSnapshot): object {
  return { ...runFields(run), steps: steps.map(stepJson) };
}

function runFields(run: RunRecord): JsonObject {
  const { id, kind, state, goal, workflow, principal, inputs, outputs, labels, error, parentId } = run;
  return {
    ...{ id, kind, state, startedBy: principal.username, inputs, labels },
    ...(goal !== undefined && { goal }),
    ...(workflow !== undefined && { workflow }),
    ...(outputs && { outputs }),
    ...(error && { error: { ...error } }),
    ...(parentId !== undefined && { parentId }),
    ...timestamps(run),
  };
}

function stepJson(step: StepRecord): object {
  const { key, title, kind, capability, state, attempt, dependsOn, output, error, progress, wakeAt, childId } = step;
  return {
    ...{ key, title, kind, capability, state, attempt, dependsOn },
    ...(output && { output: outputFields(output) }),
    ...(error && { error }),
    ...(progress && { progress }),
    ...(wakeAt && { wakeAt }),
    ...(childId !== undefined && { childRun: childId }),
    ...timestamps(step),
  };
}

function outputFields(output: StepOutput): JsonObject {
  const { mediaType, size, text } = output;
  return { uri: outputUri(output), mediaType, size, ...(text !== undefined && { text }) };
}

function timestamps({
  createdAt,
  startedAt,
  finishedAt,
}: Partial<Pick<RunRecord, 'createdAt' | 'startedAt' | 'finishedAt'>>) {
  return {
    ...(createdAt && { createdAt: createdAt.toISOString() }),
    ...(startedAt && { startedAt: startedAt.toISOString() }),
    ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
  };
}
