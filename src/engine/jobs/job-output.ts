import type { SavedArtifact, ToolContext } from '../../core/agent-session.ts';
import type { ArtifactStore } from '../../core/artifact-store.ts';
import { type ErrorCode, Fault } from '../../core/errors.ts';
import type { JobEnd, JobEndStatus } from '../../core/event.ts';
import type { StepResult } from '../../core/resource.ts';
import { artifactDigest } from '../../lib/artifact-uri.ts';
import { sniffMediaType } from '../../resources/content/sniff-media-type.ts';

/** Of one result, and of one artifact of a job. */
const MAX_RESULT_BYTES = 2 * 2 ** 20;
const MAX_ARTIFACTS = 100;

/** Where the bytes of jobs are that the bus does not carry. */
export interface JobPointers {
  /** Stores what a worker works on. @returns its pointer. @throws Fault RESOURCE_TOO_LARGE, UNAVAILABLE */
  writeContext(jobId: string, bytes: Uint8Array): Promise<string>;
  /** Whether a worker of the job may have put the bytes there. Other pointers are read as resources, under the policy. */
  has(pointer: string, jobId: string): boolean;
  /** @throws Fault NOT_FOUND when they are gone, RESOURCE_TOO_LARGE, UNAVAILABLE */
  read(pointer: string, maxBytes: number): Promise<Uint8Array>;
  /** The bytes were copied: they may be removed soon. */
  expire(pointer: string): Promise<void>;
}

export interface JobOutputDeps {
  readonly pointers: JobPointers;
  readonly artifacts: Pick<ArtifactStore, 'read'>;
}

/**
 * The output of a job that succeeded: what its pointers refer to, copied.
 * @throws Fault that says how it failed otherwise
 */
export async function outputOfJob(deps: JobOutputDeps, end: JobEnd, context: ToolContext): Promise<StepResult> {
  if (end.status !== 'SUCCEEDED') throw faultOf(end);
  const { resultPtr, artifactPtrs = [] } = end;
  if (artifactPtrs.length > MAX_ARTIFACTS) {
    throw new Fault(
      'BAD_INPUT',
      `The worker ${end.worker} reports ${artifactPtrs.length} artifacts. The limit is ${MAX_ARTIFACTS}.`,
    );
  }
  const result = resultPtr === undefined ? undefined : await readPointer(deps, resultPtr, end.jobId, context);
  const saved: SavedArtifact[] = [];
  for (const pointer of artifactPtrs) {
    const { mediaType, bytes } = await readPointer(deps, pointer, end.jobId, context);
    saved.push(await context.saveArtifact(nameOf(pointer), mediaType, bytes));
  }
  const { pointers } = deps;
  const copied = [...(resultPtr === undefined ? [] : [resultPtr]), ...artifactPtrs];
  const own = copied.filter((pointer) => pointers.has(pointer, end.jobId));
  // Otherwise they expire later.
  await Promise.all(own.map((pointer) => pointers.expire(pointer).catch(() => {})));
  if (saved.length === 0) {
    return result
      ? { mediaType: result.mediaType, content: result.bytes }
      : { mediaType: 'application/json', content: 'null' };
  }
  const artifacts = saved.map((one) => ({ ...one }));
  const output = result && isJson(result.mediaType) ? textOf(result.bytes) : 'null';
  return { mediaType: 'application/json', content: `{"output":${output},"artifacts":${JSON.stringify(artifacts)}}` };
}

interface PointedBytes {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export async function readPointer(
  { pointers, artifacts }: JobOutputDeps,
  pointer: string,
  jobId: string,
  context: ToolContext,
): Promise<PointedBytes> {
  if (pointers.has(pointer, jobId)) return sniffed(await pointers.read(pointer, MAX_RESULT_BYTES));
  const digest = artifactDigest(pointer);
  // A worker of this deployment has stored it.
  if (digest !== undefined) return sniffed(await artifacts.read(digest, MAX_RESULT_BYTES));
  const body = await context.read({ uri: pointer });
  return { mediaType: body.mediaType, bytes: await body.bytes() };
}

/** The protocol has no media types. */
function sniffed(bytes: Uint8Array): PointedBytes {
  return { mediaType: sniffMediaType(bytes), bytes };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function isJson(mediaType: string): boolean {
  return mediaType.startsWith('application/json');
}

/** The last part of the pointer. */
function nameOf(pointer: string): string {
  return /[^/:]+$/.exec(pointer)?.[0]?.slice(0, 128) ?? 'artifact';
}

const CODES: Readonly<Record<Exclude<JobEndStatus, 'SUCCEEDED'>, ErrorCode>> = {
  FAILED: 'BAD_INPUT',
  FAILED_RETRYABLE: 'UNAVAILABLE',
  FAILED_FATAL: 'BAD_INPUT',
  TIMEOUT: 'TIMEOUT',
  DENIED: 'FORBIDDEN',
  CANCELLED: 'CANCELLED',
};

/** Why a job that did not succeed failed, as its packet says. */
export function faultOf({ jobId, status, worker, errorCode, errorMessage }: JobEnd): Fault {
  const why = errorMessage ?? (errorCode === undefined ? 'It gave no reason.' : `Its code is ${errorCode}.`);
  const message = `The worker ${worker || 'without an id'} ended the job with ${status}: ${why}`;
  return new Fault(CODES[status as keyof typeof CODES], message, {
    details: { jobId, worker, ...(errorCode !== undefined && { errorCode }) },
    ...(status === 'FAILED_FATAL' && { fatal: true }),
  });
}
