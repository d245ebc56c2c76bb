import type { JsonObject } from '../core/json.ts';
import type { SignedIn } from '../core/principal.ts';
import type { ArtifactRecord, Output, RunSnapshot } from '../core/run.ts';

export interface CommandRequest {
  readonly command: string;
  readonly options: JsonObject;
  /** The media type that the output must have, compared without parameters. */
  readonly outputMediaType?: string;
  readonly idempotencyKey?: string;
  readonly traceId?: string;
}

/** A run that has ended, with what it made. Without output it failed: `snapshot.run.error` says why. */
export interface Outcome {
  readonly snapshot: RunSnapshot;
  readonly output?: Output;
}

export interface Upload {
  readonly name: string;
  readonly mediaType: string;
  readonly content: AsyncIterable<Uint8Array> | Uint8Array;
  readonly traceId?: string;
}

/** Runs plans. The one way in: whatever is done is a step of a run, under policy, in the journal. */
export interface Engine {
  /**
   * Runs one command to its end.
   * @throws Fault when it is refused: BAD_INPUT, FORBIDDEN (the denial is recorded as a run), APPROVAL_REQUIRED,
   *   THROTTLED, CONFLICT, UNAVAILABLE. A run that was accepted and failed is an outcome, not a fault.
   */
  execute(principal: SignedIn, request: CommandRequest): Promise<Outcome>;
  /** Stores bytes as an artifact of a one-step run of `uploadArtifact`. @throws Fault as `execute` does, and RESOURCE_TOO_LARGE */
  upload(principal: SignedIn, upload: Upload): Promise<ArtifactRecord>;
  /** Takes over what an earlier process left unfinished. */
  recover(): Promise<void>;
  /** Takes no more, lets what is under way finish for `drainMs`, then leaves the rest to recovery. */
  stop(drainMs: number): Promise<void>;
}
