import { toJson } from '@bufbuild/protobuf';
import {
  type Compensation,
  JobPriority,
  type JobRequest as JobRequestPacket,
  JobRequestSchema,
} from '../../cap/generated/cordum/agent/v1/job_pb.js';
import { isTraceId } from '../../core/ids.ts';
import type { Priority } from '../../core/run.ts';
import type { JobRequest } from '../../engine/requests/engine.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';

/** Fields that pass to the worker under their names. The others are identities, which are checked, or belong to the run. */
const FIELDS = [
  ...['job_id', 'topic', 'parent_job_id', 'context_ptr', 'adapter_id', 'memory_id', 'env', 'context_hints'],
  ...['budget', 'labels', 'meta'],
];
const ACTOR_TYPE_PREFIX = 'ACTOR_TYPE_';
/** How often a job is sent whose worker reports FAILED_RETRYABLE, or is lost. */
const MAX_ATTEMPTS = 3;

/** What a client asks for, as the engine takes it. */
export function readSubmission(request: JobRequestPacket, traceId: string): JobRequest {
  const fields = toJson(JobRequestSchema, request, { useProtoFieldName: true }) as JsonObject;
  const { compensation } = fields;
  const undo = isJsonObject(compensation) ? jobOf(compensation) : {};
  return {
    job: jobOf(fields),
    // An encoder may write an empty message for none.
    ...(Object.keys(undo).length > 0 && { compensation: undo }),
    priority: priorityOf(request.priority),
    maxAttempts: MAX_ATTEMPTS,
    ...(isTraceId(traceId) && { traceId }),
  };
}

/** The tenants that the request names, wherever it does. */
export function tenantsOf({ tenantId, meta, identity, compensation }: JobRequestPacket): ReadonlySet<string> {
  const undo: Partial<Compensation> = compensation ?? {};
  const named = [tenantId, meta?.tenantId, identity?.tenantId, undo.tenantId, undo.meta?.tenantId];
  return new Set(named.filter((tenant): tenant is string => tenant !== undefined && tenant !== ''));
}

function jobOf(fields: JsonObject): JsonObject {
  const job = Object.fromEntries(FIELDS.flatMap((name) => (name in fields ? [[name, fields[name] as Json]] : [])));
  return {
    ...job,
    ...(isJsonObject(job.budget) && { budget: numbersOf(job.budget) }),
    ...(isJsonObject(job.meta) && { meta: metaOf(job.meta) }),
  };
}

/** JSON of protocol buffers has whole numbers of 64 bits as text. */
function numbersOf(budget: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(budget).map(([name, value]) => [name, Number(value)]));
}

function metaOf({ tenant_id: _, actor_type: actorType, ...meta }: JsonObject): JsonObject {
  if (typeof actorType !== 'string') return meta;
  return { ...meta, actor_type: actorType.slice(ACTOR_TYPE_PREFIX.length) };
}

function priorityOf(priority: JobPriority): Priority {
  if (priority === JobPriority.CRITICAL) return 'CRITICAL';
  return priority === JobPriority.BATCH ? 'BATCH' : 'INTERACTIVE';
}
