// The public API of the package. Everything else may change at any time.

export {
  type Client,
  type ClientOptions,
  createClient,
  type Session,
} from './create-client.ts';
export type { Approval, Approvals } from './resources/approvals.ts';
export type { CommandOutcome, Commands } from './resources/commands.ts';
export type { EventsOptions } from './resources/events.ts';
export type { List, ListOptions, Page } from './resources/lists.ts';
// Whole, so that a program can add to `WorkflowTypes`.
export type * from './resources/named-workflow.ts';
export type { Event, LogLine, LogOptions, RunEventsOptions } from './resources/run-events.ts';
export { RunFailed } from './resources/run-failed.ts';
export type { RerunOptions, Run, RunSummary, Runs } from './resources/runs.ts';
export type { RunDetail, WaitOptions } from './resources/wait-for-run.ts';
export type { Workflow, WorkflowSummary, Workflows, WorkflowValidation } from './resources/workflows.ts';
export type {
  DownloadOptions,
  UploadContent,
  UploadedArtifact as Uploaded,
  UploadOptions,
} from './transport/artifacts.ts';
export {
  type RefusalDetails as Refused,
  type ResponseError,
  SignalboxError,
  unwrap,
} from './transport/signalbox-error.ts';
export type { CallOptions, OnInterrupted, SubscribeOptions, TypedDocument } from './transport/transport.ts';
