import type { Decision } from '../core/decision.ts';
import type { JsonObject } from '../core/json.ts';
import type { StepPatch } from '../core/projection.ts';
import type { Effect, Failure, Output, Progress, StepKind, StepRecord } from '../core/run.ts';
import type { StepState } from '../core/step-state.ts';

/** What events change of a row of `steps`; null means not yet, or, in a patch, unchanged. */
export interface StepChange<Time = number, Long = number> {
  readonly state: string | null;
  readonly attempt: number | null;
  readonly startedAt: Time | null;
  readonly finishedAt: Time | null;
  readonly outputMediaType: string | null;
  readonly outputSize: Long | null;
  readonly outputDigest: string | null;
  readonly outputText: string | null;
  readonly progress: string | null;
  readonly error: string | null;
  readonly decision: string | null;
}

/** A row of `steps`, as it is written. What is read may have dates as Date and sizes as bigint. */
export interface StepRow<Time = number, Long = number> extends StepChange<Time, Long> {
  readonly id: string;
  readonly tenant: string;
  readonly runId: string;
  readonly key: string;
  readonly position: number;
  readonly title: string;
  readonly kind: string;
  readonly capability: string;
  readonly effect: string;
  readonly dependsOn: string;
  readonly maxAttempts: number;
  readonly state: string;
  readonly attempt: number;
  readonly scheduledAt: Time | null;
  readonly input: string;
}

export function toStepChange(patch: StepPatch): StepChange {
  const { output } = patch;
  return {
    state: patch.state ?? null,
    attempt: patch.attempt ?? null,
    startedAt: patch.startedAt?.getTime() ?? null,
    finishedAt: patch.finishedAt?.getTime() ?? null,
    outputMediaType: output?.mediaType ?? null,
    outputSize: output?.size ?? null,
    outputDigest: output?.digest ?? null,
    outputText: output?.text ?? null,
    progress: patch.progress ? JSON.stringify(patch.progress) : null,
    error: patch.error ? JSON.stringify(patch.error) : null,
    decision: patch.decision ? JSON.stringify(patch.decision) : null,
  };
}

export function toStepRow(step: StepRecord, tenant: string): StepRow {
  return {
    ...toStepChange(step),
    id: step.id,
    tenant,
    runId: step.runId,
    key: step.key,
    position: step.position,
    title: step.title,
    kind: step.kind,
    capability: step.capability,
    effect: step.effect,
    dependsOn: JSON.stringify(step.dependsOn),
    maxAttempts: step.maxAttempts,
    state: step.state,
    attempt: step.attempt,
    scheduledAt: step.scheduledAt?.getTime() ?? null,
    input: JSON.stringify(step.input),
  };
}

export function toStepRecord(row: StepRow<Date | number, bigint | number>): StepRecord {
  const output = toOutput(row);
  return {
    id: row.id,
    runId: row.runId,
    key: row.key,
    position: row.position,
    title: row.title,
    kind: row.kind as StepKind,
    capability: row.capability,
    effect: row.effect as Effect,
    input: JSON.parse(row.input) as JsonObject,
    dependsOn: JSON.parse(row.dependsOn) as string[],
    maxAttempts: row.maxAttempts,
    state: row.state as StepState,
    attempt: row.attempt,
    ...(output && { output }),
    ...(row.error !== null && { error: JSON.parse(row.error) as Failure }),
    ...(row.decision !== null && { decision: JSON.parse(row.decision) as Decision }),
    ...(row.progress !== null && { progress: JSON.parse(row.progress) as Progress }),
    ...(row.scheduledAt !== null && { scheduledAt: new Date(row.scheduledAt) }),
    ...(row.startedAt !== null && { startedAt: new Date(row.startedAt) }),
    ...(row.finishedAt !== null && { finishedAt: new Date(row.finishedAt) }),
  };
}

export function toOutput(row: StepChange<Date | number, bigint | number>): Output | undefined {
  const { outputMediaType, outputSize, outputDigest, outputText } = row;
  if (outputMediaType === null || outputDigest === null) return undefined;
  return {
    mediaType: outputMediaType,
    size: Number(outputSize),
    digest: outputDigest,
    ...(outputText !== null && { text: outputText }),
  };
}
