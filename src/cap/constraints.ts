import { create, toJsonString } from '@bufbuild/protobuf';
import { type PolicyConstraints, PolicyConstraintsSchema } from './generated/cordum/agent/v1/safety_pb.js';

/** Limits within which a job may be done. Workers enforce them; `max_runtime_ms` the scheduler enforces as well. */
export interface JobConstraints {
  readonly max_runtime_ms?: number;
  readonly max_retries?: number;
  readonly max_artifact_bytes?: number;
  readonly max_concurrent_jobs?: number;
  /** How much of their input workers may keep or show; the deployment defines the words. */
  readonly redaction_level?: string;
}

/** As the safety kernel answers. */
export function toPolicyConstraints(values: JobConstraints): PolicyConstraints {
  const { max_runtime_ms: runtime = 0, max_artifact_bytes: bytes = 0, max_retries: maxRetries = 0 } = values;
  return create(PolicyConstraintsSchema, {
    budgets: {
      ...{ maxRuntimeMs: BigInt(runtime), maxArtifactBytes: BigInt(bytes), maxRetries },
      maxConcurrentJobs: values.max_concurrent_jobs ?? 0,
    },
    redactionLevel: values.redaction_level ?? '',
  });
}

/** As workers get them: the variables that schedulers of CAP hand over. */
export function toConstraintVariables(values: JobConstraints): Readonly<Record<string, string>> {
  const all = {
    CORDUM_POLICY_CONSTRAINTS: toJsonString(PolicyConstraintsSchema, toPolicyConstraints(values)),
    CORDUM_MAX_RETRIES: values.max_retries,
    CORDUM_MAX_ARTIFACT_BYTES: values.max_artifact_bytes,
    CORDUM_MAX_CONCURRENT_JOBS: values.max_concurrent_jobs,
    CORDUM_REDACTION_LEVEL: values.redaction_level,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
