import { fromJsonString } from '@bufbuild/protobuf';
import { type PolicyConstraints, PolicyConstraintsSchema } from '../cap/generated/cordum/agent/v1/safety_pb.js';
import { Fault } from '../core/errors.ts';

/** Upper bounds of a job; Infinity without one. */
interface Constraints {
  readonly maxRuntimeMs: number;
  readonly maxArtifactBytes: number;
}

/**
 * The bounds that a scheduler has set in the environment of a job, under the names of the protocol.
 * @throws Fault FORBIDDEN for constraints that this worker cannot enforce, BAD_INPUT for what is not valid
 */
export function readConstraints(env: Readonly<Record<string, string>>): Constraints {
  const { budgets, ...others } = parse(env.CORDUM_POLICY_CONSTRAINTS);
  const unknown = (['sandbox', 'toolchain', 'diff'] as const).find((name) => others[name] !== undefined);
  if (unknown !== undefined) {
    const message = `The job has constraints of its ${unknown}, which workers of Signalbox do not enforce. Send it to another worker.`;
    throw new Fault('FORBIDDEN', message);
  }
  const bytes = [budgets?.maxArtifactBytes, env.CORDUM_MAX_ARTIFACT_BYTES].map(limitOf);
  return { maxRuntimeMs: limitOf(budgets?.maxRuntimeMs), maxArtifactBytes: Math.min(...bytes) };
}

function parse(text: string | undefined): Partial<PolicyConstraints> {
  if (text === undefined || text === '') return {};
  try {
    return fromJsonString(PolicyConstraintsSchema, text, { ignoreUnknownFields: false });
  } catch (cause) {
    const message = `CORDUM_POLICY_CONSTRAINTS of the job is not valid: ${(cause as Error).message}.`;
    throw new Fault('BAD_INPUT', message, { cause });
  }
}

/** 0 means no limit. */
function limitOf(value: bigint | string | undefined): number {
  const limit = Number(value ?? 0);
  return limit > 0 ? limit : Infinity;
}
