import type { Decision } from '../../core/policy.ts';
import type { StepPatch } from '../../core/projection.ts';
import type {
  AddedStep,
  Effect,
  Failure,
  Progress,
  Repair,
  StepKind,
  StepOptions,
  StepOutput,
  StepRecord,
} from '../../core/run.ts';
import type { StepState } from '../../core/states.ts';
import type { Json } from '../../lib/json.ts';
import type { RunIdentity } from './run-row.ts';

/**
 * What events change in a row of `steps`. Null means unchanged, but a change with a state sets output, error, `wakeAt` and
 * `finishedAt` to the given values, including null.
 */
export interface StepChange<Time = number, Long = number> {
  readonly state: string | null;
  readonly attempt: number | null;
  readonly scheduledAt: Time | null;
  readonly startedAt: Time | null;
  readonly finishedAt: Time | null;
  readonly wakeAt: Time | null;
  readonly childId: string | null;
  /** Empty for a job that was sent to a topic, until its worker is known. */
  readonly worker: string | null;
  readonly input: string | null;
  readonly outputMediaType: string | null;
  readonly outputSize: Long | null;
  readonly outputDigest: string | null;
  readonly outputText: string | null;
  readonly progress: string | null;
  readonly repair: string | null;
  readonly error: string | null;
  readonly decision: string | null;
}

/** A row of `steps`, as it is written. When it is read, times may be Dates and sizes bigints. */
export interface StepRow<Time = number, Long = number> extends StepChange<Time, Long> {
  readonly id: string;
  readonly tenant: string;
  readonly subject: string;
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
  readonly terms: string | null;
  readonly parent: string | null;
  readonly role: string | null;
  readonly itemIndex: number | null;
  readonly item: string | null;
}

export function toStepChange(patch: StepPatch): StepChange {
  const { output } = patch;
  return {
    state: patch.state ?? null,
    attempt: patch.attempt ?? null,
    scheduledAt: patch.scheduledAt?.getTime() ?? null,
    startedAt: patch.startedAt?.getTime() ?? null,
    finishedAt: patch.finishedAt?.getTime() ?? null,
    wakeAt: patch.wakeAt?.getTime() ?? null,
    childId: patch.childId ?? null,
    // Empty when it has no worker: null would leave it as it is.
    worker: 'worker' in patch ? (patch.worker ?? '') : null,
    input: patch.input === undefined ? null : JSON.stringify(patch.input),
    outputMediaType: output?.mediaType ?? null,
    outputSize: output?.size ?? null,
    outputDigest: output?.digest ?? null,
    outputText: output?.text ?? null,
    progress: patch.progress ? JSON.stringify(patch.progress) : null,
    repair: patch.repair ? JSON.stringify(patch.repair) : null,
    error: patch.error ? JSON.stringify(patch.error) : null,
    decision: patch.decision ? JSON.stringify(patch.decision) : null,
  };
}

export function toStepRow(step: StepRecord, { tenant, subject }: RunIdentity): StepRow {
  return {
    ...toStepChange(step),
    id: step.id,
    tenant,
    subject,
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
    terms: step.terms ? JSON.stringify(step.terms) : null,
    parent: step.parent ?? null,
    role: step.role ?? null,
    itemIndex: step.index ?? null,
    item: step.item === undefined ? null : JSON.stringify(step.item),
  };
}

/** A row as Prisma or SQL reads it. */
type StoredStepRow = Omit<StepRow<Date | number, bigint | number>, 'itemIndex'> & {
  readonly itemIndex?: number | null;
  readonly index?: number | null;
};

export function toStepRecord(row: StoredStepRow): StepRecord {
  const index = row.index ?? row.itemIndex ?? null;
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
    ...(row.input !== null && { input: JSON.parse(row.input) as Json }),
    ...(row.terms !== null && { terms: JSON.parse(row.terms) as StepOptions }),
    ...(row.parent !== null && { parent: row.parent }),
    ...(row.role !== null && { role: row.role as AddedStep['role'] }),
    ...(index !== null && { index }),
    ...(row.item !== null && { item: JSON.parse(row.item) as Json }),
    ...(row.wakeAt !== null && { wakeAt: new Date(row.wakeAt) }),
    ...(row.childId !== null && { childId: row.childId }),
    ...(row.worker && { worker: row.worker }),
    dependsOn: JSON.parse(row.dependsOn) as string[],
    maxAttempts: row.maxAttempts,
    state: row.state as StepState,
    attempt: row.attempt,
    ...(output && { output }),
    ...(row.error !== null && { error: JSON.parse(row.error) as Failure }),
    ...(row.decision !== null && { decision: JSON.parse(row.decision) as Decision }),
    ...(row.progress !== null && { progress: JSON.parse(row.progress) as Progress }),
    ...(row.repair !== null && { repair: JSON.parse(row.repair) as Repair }),
    ...(row.scheduledAt !== null && { scheduledAt: new Date(row.scheduledAt) }),
    ...(row.startedAt !== null && { startedAt: new Date(row.startedAt) }),
    ...(row.finishedAt !== null && { finishedAt: new Date(row.finishedAt) }),
  };
}

export function toOutput(
  row: Pick<
    StepChange<Date | number, bigint | number>,
    'outputMediaType' | 'outputSize' | 'outputDigest' | 'outputText'
  >,
): StepOutput | undefined {
  const { outputMediaType, outputSize, outputDigest, outputText } = row;
  if (outputMediaType === null || outputDigest === null) return undefined;
  return {
    mediaType: outputMediaType,
    size: Number(outputSize),
    digest: outputDigest,
    ...(outputText !== null && { text: outputText }),
  };
}
