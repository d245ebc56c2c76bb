import type { SignedRequest } from '../../auth/webhook-signature.ts';
import type { AgentSpec } from '../../core/agent.ts';
import type { Decision } from '../../core/policy.ts';
import type { SignedIn } from '../../core/principal.ts';
import type { ApprovalRecord, ArtifactRecord, Priority, RunRecord, RunSnapshot, StepOutput } from '../../core/run.ts';
import type { Page, PageArgs } from '../../core/store-reader.ts';
import type { ScheduleRecord, WorkflowRecord } from '../../core/workflows/workflows.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { ConvertedWorkflow, WorkflowForm } from '../../workflow/convert-workflow.ts';
import type { Problem, WebhookTrigger, WorkflowGraph } from '../../workflow/model/workflow-document.ts';
import type { SlotUsage } from '../driver/dispatcher.ts';
import type { FlowControl } from '../flow/flow-control.ts';
import type { PolicySimulation } from './simulate-policy.ts';

export interface CommandRequest {
  readonly command: string;
  readonly options: JsonObject;
  /** Required media type of the output, compared without parameters. */
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
  readonly labels?: JsonObject;
  /** Waits at most this long for the end. Maximum one minute. */
  readonly waitMs?: number;
  readonly idempotencyKey?: string;
  readonly traceId?: string;
}

export interface JobRequest {
  /** As the input of a step of kind `job` has it. */
  readonly job: JsonObject;
  /** The inverse, if the job can be undone: sent when the run is cancelled with `compensate`, or the job fails fatally later. */
  readonly compensation?: JsonObject;
  readonly priority?: Priority;
  /** Default 1; each attempt has a new job id, unless the job states one. */
  readonly maxAttempts?: number;
  readonly labels?: JsonObject;
  /** The run for which this one is started: cancelled with it. */
  readonly parentId?: string;
  /** Who sent the job by the bus, with the id that it states. */
  readonly sender?: string;
  /** The run that asked for the same before. */
  readonly rerunOf?: string;
  /** Waits at most this long for the end. Maximum one minute. */
  readonly waitMs?: number;
  readonly idempotencyKey?: string;
  readonly traceId?: string;
}

/** A run and its output. A run without output waits, for example for approval, or failed: `snapshot.run.error` says why. */
export interface RunOutcome {
  readonly snapshot: RunSnapshot;
  readonly output?: StepOutput;
}

export interface Upload {
  readonly name: string;
  readonly mediaType: string;
  readonly content: AsyncIterable<Uint8Array> | Uint8Array;
  /** In bytes, if it is known in advance. */
  readonly size?: number;
  readonly traceId?: string;
}

/** A workflow: the name of a saved one (default: its newest version), its text, its value, or the URI of a resource, which is read under policy. */
export type WorkflowSource =
  | { readonly name: string; readonly version?: number | 'latest' }
  | { readonly yaml: string }
  | { readonly document: Json }
  | { readonly uri: string };

export interface StartRequest {
  readonly source: WorkflowSource;
  readonly inputs?: JsonObject;
  readonly labels?: JsonObject;
  readonly priority?: Priority;
  /** Waits at most this long for the end. Maximum one minute. */
  readonly waitMs?: number;
  readonly idempotencyKey?: string;
  readonly traceId?: string;
}

/** The problems of a workflow, its graph, and the decisions of the policy about its steps. */
export interface WorkflowReport {
  readonly problems: readonly Problem[];
  readonly graph?: WorkflowGraph;
  readonly decisions: readonly { readonly step: string; readonly decision: Decision }[];
}

/** A request to `/hooks/TENANT/NAME`, which is not verified yet. */
export interface WebhookDelivery extends SignedRequest {
  readonly tenant: string;
  readonly name: string;
  /** Address of the sender. */
  readonly address: string;
  readonly traceId: string;
}

export interface EngineLoad {
  /** Nodes that are alive, as this one knows. */
  readonly nodes: number;
  /** Steps that wait for a slot of this node. */
  readonly queued: number;
  readonly slots: readonly SlotUsage[];
}

/**
 * Runs plans. The only entry: all work is a step of a run, under policy, in the journal.
 * A run that the principal may not see is NOT_FOUND.
 */
export interface Engine {
  /**
   * Runs one command to its end, or until it waits for approval.
   * @throws Fault when it is rejected: BAD_INPUT, FORBIDDEN (the denial is recorded as a run), THROTTLED, CONFLICT,
   *   UNAVAILABLE. A run that was accepted and failed is an outcome, not a fault.
   */
  executeCommand(principal: SignedIn, request: CommandRequest): Promise<RunOutcome>;
  /** Calls one tool, to its end or until it waits for approval. @throws Fault as `executeCommand` does */
  callTool(principal: SignedIn, request: ToolRequest): Promise<RunOutcome>;
  /** Runs one agent. Resolves when the run is durable, or with `waitMs` when it has ended. @throws Fault as `executeCommand` does */
  runAgent(principal: SignedIn, request: AgentRequest): Promise<RunSnapshot>;
  /** Sends one job to a worker. Resolves when the run is durable, or with `waitMs` when it has ended. @throws Fault as `executeCommand` does */
  submitJob(principal: SignedIn, request: JobRequest): Promise<RunSnapshot>;
  /**
   * Submits the job of a dead letter again, in the same trace: under its id if no other job has it, else under a new one.
   * @throws Fault as `submitJob` does; NOT_FOUND; CONFLICT when the letter does not say what was asked for
   */
  replayDeadLetter(principal: SignedIn, id: string): Promise<RunSnapshot>;
  /** Stores bytes as an artifact of a one-step run of `uploadArtifact`. @throws Fault as `executeCommand` does, RESOURCE_TOO_LARGE, and THROTTLED when a quota is exceeded */
  uploadArtifact(principal: SignedIn, uploadArtifact: Upload): Promise<ArtifactRecord>;
  /**
   * Starts a workflow. Resolves when the run is durable, or with `waitMs` when it has ended, if that is sooner.
   * @throws Fault BAD_INPUT with every problem of the document or the inputs, NOT_FOUND, FORBIDDEN, CONFLICT, UNAVAILABLE
   */
  startWorkflow(principal: SignedIn, request: StartRequest): Promise<RunSnapshot>;
  /**
   * Starts the saved workflow of a verified delivery, on behalf of who saved it. The same delivery again gives the same run.
   * Resolves when the run is durable.
   * @throws Fault UNAUTHENTICATED for whatever is not a delivery of a webhook, THROTTLED after too many of those;
   *   BAD_INPUT, FORBIDDEN, CONFLICT when another body had its id, UNAVAILABLE
   */
  receiveWebhook(delivery: WebhookDelivery): Promise<{ readonly runId: string }>;
  /** How deliveries start a saved workflow; undefined if they do not. */
  webhookOf(workflow: WorkflowRecord): Promise<WebhookTrigger | undefined>;
  /** Cancels a run and its sub-workflows; work in flight is aborted. @throws Fault NOT_FOUND, FORBIDDEN, CONFLICT when it has ended */
  cancelRun(
    principal: SignedIn,
    runId: string,
    how: { readonly reason?: string; readonly compensate: boolean },
  ): Promise<RunSnapshot>;
  /** Continues a failed run at one of its failed steps. @throws Fault NOT_FOUND, FORBIDDEN, CONFLICT */
  retryStep(principal: SignedIn, runId: string, step: string): Promise<RunSnapshot>;
  /**
   * Starts a new run of the same plan in which the step and its dependents run again; the others keep their outputs.
   * @throws Fault NOT_FOUND, FORBIDDEN (also without permission to start the workflow), CONFLICT until the run has ended, BAD_INPUT
   */
  rerunFrom(principal: SignedIn, runId: string, step: string, inputs?: JsonObject): Promise<RunSnapshot>;
  /** @throws Fault NOT_FOUND, FORBIDDEN, CONFLICT when it was already decided */
  decideApproval(
    principal: SignedIn,
    approvalId: string,
    decision: { readonly approve: boolean; readonly comment?: string },
  ): Promise<ApprovalRecord>;
  /** Open approvals that this principal may decide now, newest first. A page looks at 500 open ones, and may end early. @throws Fault FORBIDDEN */
  decidableApprovals(principal: SignedIn, page: PageArgs): Promise<Page<ApprovalRecord>>;
  /** Why `decideApproval` would refuse a decision of this principal now, in one sentence; undefined when it would not. */
  whyNotDecide(principal: SignedIn, approval: ApprovalRecord): Promise<string | undefined>;
  /** Sends a signal, which is kept until a step receives it. @throws Fault NOT_FOUND, FORBIDDEN, CONFLICT when the run has ended */
  sendSignal(
    principal: SignedIn,
    runId: string,
    signal: { readonly name: string; readonly payload?: Json },
  ): Promise<RunSnapshot>;
  /** A dry run: nothing starts and nothing is recorded. @throws Fault when the source cannot be read */
  validateWorkflow(principal: SignedIn, source: WorkflowSource, inputs?: JsonObject): Promise<WorkflowReport>;
  /**
   * What the policy would have decided with other rules: about the recorded decisions since then, of runs that the principal may see,
   * among the newest 500,000 events. @param since default: a day ago
   * @throws Fault FORBIDDEN without permission for `query:policyRules`, BAD_INPUT for rules of more than 524,288 characters
   */
  simulatePolicy(principal: SignedIn, rules: string, since?: Date): Promise<PolicySimulation>;
  /** The graph of a saved workflow, even if it names something that this server no longer has. */
  workflowGraph(workflow: WorkflowRecord): Promise<WorkflowGraph>;
  /** The same workflow in another form. Nothing starts and nothing is recorded. @throws Fault when the source cannot be read */
  convertWorkflow(principal: SignedIn, source: WorkflowSource, form: WorkflowForm): Promise<ConvertedWorkflow>;
  /**
   * @param ifVersion the version that must be the newest; 0: none may exist
   * @throws Fault BAD_INPUT with every problem, FORBIDDEN, CONFLICT when another version is the newest
   */
  saveWorkflow(principal: SignedIn, source: WorkflowSource, ifVersion?: number): Promise<WorkflowRecord>;
  /** No run starts by the schedule until it is resumed, also of later versions. @throws Fault NOT_FOUND, FORBIDDEN */
  pauseSchedule(principal: SignedIn, name: string): Promise<ScheduleRecord>;
  /** Starts at the next time from now on; none is made up for. @throws Fault NOT_FOUND, FORBIDDEN */
  resumeSchedule(principal: SignedIn, name: string): Promise<ScheduleRecord>;
  /** @throws Fault NOT_FOUND, FORBIDDEN */
  deleteWorkflow(principal: SignedIn, name: string): Promise<WorkflowRecord>;
  /**
   * To be called when a job has ended, perhaps repeatedly. If a job of a parent has failed, those of the same user and the same parent that succeeded
   * are undone by their compensations, last first, one after the other; also one that succeeds only afterwards.
   */
  undoJobs(job: RunRecord): Promise<void>;
  /** The turn that a run waits for, by `concurrency` of its document, and how many are before it. Undefined when it waits for none. */
  flowWaitOf: FlowControl['waitOf'];
  /** How busy this node is. */
  load(): EngineLoad;
  /** Starts this node's lease, the failover of other nodes' runs, and the scheduler. */
  begin(): Promise<void>;
  /** Rejects new requests, lets runs finish for `drainMs`, then releases the rest for other nodes. */
  stop(drainMs: number): Promise<void>;
}
