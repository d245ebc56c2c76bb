import type { AgentSpec } from '../../core/agent.ts';
import type { Decision } from '../../core/policy.ts';
import type { SignedIn } from '../../core/principal.ts';
import type { ApprovalRecord, ArtifactRecord, Priority, RunSnapshot, StepOutput } from '../../core/run.ts';
import type { WorkflowRecord } from '../../core/workflows.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { Problem, WorkflowGraph } from '../../workflow/model/workflow-document.ts';

export interface CommandRequest {
  readonly command: string;
  readonly options: JsonObject;
  /** The media type that the output must have, compared without parameters. */
  readonly outputMediaType?: string;
  readonly idempotencyKey?: string;
  readonly traceId?: string;
}

export interface ToolRequest {
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly idempotencyKey?: string;
  readonly traceId?: string;
}

export interface AgentRequest {
  readonly agent: AgentSpec;
  readonly context?: Json;
  /** Waits this long for the end, at most a minute. */
  readonly waitMs?: number;
  readonly idempotencyKey?: string;
  readonly traceId?: string;
}

/** A run with what it made. Without output it waits, for a person perhaps, or it failed: `snapshot.run.error` says why. */
export interface RunOutcome {
  readonly snapshot: RunSnapshot;
  readonly output?: StepOutput;
}

export interface Upload {
  readonly name: string;
  readonly mediaType: string;
  readonly content: AsyncIterable<Uint8Array> | Uint8Array;
  readonly traceId?: string;
}

/** Where a workflow comes from: a saved one by name, text, a value, or a resource that is read under policy. */
export type WorkflowSource =
  | { readonly name: string }
  | { readonly yaml: string }
  | { readonly document: Json }
  | { readonly uri: string };

export interface StartRequest {
  readonly source: WorkflowSource;
  readonly inputs?: JsonObject;
  readonly labels?: JsonObject;
  readonly priority?: Priority;
  /** Waits this long for the end, at most a minute. */
  readonly waitMs?: number;
  readonly idempotencyKey?: string;
  readonly traceId?: string;
}

/** What is wrong with a workflow, what it looks like, and what the policy would say to each of its steps. */
export interface WorkflowReport {
  readonly problems: readonly Problem[];
  readonly graph?: WorkflowGraph;
  readonly decisions: readonly { readonly step: string; readonly decision: Decision }[];
}

/**
 * Runs plans. The one way in: whatever is done is a step of a run, under policy, in the journal.
 * A run that the principal may not see is as if it were not there: NOT_FOUND.
 */
export interface Engine {
  /**
   * Runs one command to its end, or until it waits for a person.
   * @throws Fault when it is refused: BAD_INPUT, FORBIDDEN (the denial is recorded as a run), THROTTLED, CONFLICT,
   *   UNAVAILABLE. A run that was accepted and failed is an outcome, not a fault.
   */
  executeCommand(principal: SignedIn, request: CommandRequest): Promise<RunOutcome>;
  /** Calls one tool, to its end or until it waits for a person. @throws Fault as `execute` does */
  callTool(principal: SignedIn, request: ToolRequest): Promise<RunOutcome>;
  /** Runs one agent. Resolves when the run is durable, or with `waitMs` when it has ended. @throws Fault as `execute` does */
  runAgent(principal: SignedIn, request: AgentRequest): Promise<RunSnapshot>;
  /** Stores bytes as an artifact of a one-step run of `uploadArtifact`. @throws Fault as `execute` does, and RESOURCE_TOO_LARGE */
  uploadArtifact(principal: SignedIn, uploadArtifact: Upload): Promise<ArtifactRecord>;
  /**
   * Starts a workflow. Resolves when the run is durable, or with `waitMs` when it has ended, if that is sooner.
   * @throws Fault BAD_INPUT with every problem of the document or the inputs, NOT_FOUND, FORBIDDEN, CONFLICT, UNAVAILABLE
   */
  startWorkflow(principal: SignedIn, request: StartRequest): Promise<RunSnapshot>;
  /** Ends a run, and what it started; work in flight is aborted. @throws Fault NOT_FOUND, FORBIDDEN, CONFLICT when it is over */
  cancelRun(
    principal: SignedIn,
    runId: string,
    how: { readonly reason?: string; readonly compensate: boolean },
  ): Promise<RunSnapshot>;
  /** Continues a run that ended badly at one of its steps. @throws Fault NOT_FOUND, FORBIDDEN, CONFLICT */
  retryStep(principal: SignedIn, runId: string, step: string): Promise<RunSnapshot>;
  /**
   * Makes a new run of the same plan in which the step and all that follow from it are done again; the others keep what
   * they made. @throws Fault NOT_FOUND, FORBIDDEN, CONFLICT while the run is under way, BAD_INPUT
   */
  rerunFrom(principal: SignedIn, runId: string, step: string, inputs?: JsonObject): Promise<RunSnapshot>;
  /** @throws Fault NOT_FOUND, FORBIDDEN, CONFLICT when it was decided already */
  decideApproval(
    principal: SignedIn,
    approvalId: string,
    decision: { readonly approve: boolean; readonly comment?: string },
  ): Promise<ApprovalRecord>;
  /** Kept until a step asks for it. @throws Fault NOT_FOUND, FORBIDDEN, CONFLICT when the run is over */
  sendSignal(
    principal: SignedIn,
    runId: string,
    signal: { readonly name: string; readonly payload?: Json },
  ): Promise<RunSnapshot>;
  /** A dry run: nothing starts and nothing is recorded. @throws Fault when the source cannot be read */
  validateWorkflow(principal: SignedIn, source: WorkflowSource, inputs?: JsonObject): Promise<WorkflowReport>;
  /** The steps of a saved workflow, to draw; also of one that names what this server no longer has. */
  workflowGraph(document: JsonObject): Promise<WorkflowGraph>;
  /** @throws Fault BAD_INPUT with every problem, FORBIDDEN */
  saveWorkflow(principal: SignedIn, source: WorkflowSource): Promise<WorkflowRecord>;
  /** @throws Fault NOT_FOUND, FORBIDDEN */
  deleteWorkflow(principal: SignedIn, name: string): Promise<WorkflowRecord>;
  /** Begins to keep this node's lease, to take over what others left, and to start what is scheduled. */
  begin(): Promise<void>;
  /** Takes no more, lets what is under way finish for `drainMs`, then gives the rest to whoever claims it. */
  stop(drainMs: number): Promise<void>;
}
