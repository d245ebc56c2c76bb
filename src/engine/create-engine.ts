import type { AccountStandings } from '../core/accounts/accounts.ts';
import { Fault } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Journal } from '../core/journal.ts';
import type { Inbox, Leases } from '../core/leases.ts';
import type { Decision, Policy } from '../core/policy.ts';
import type { User } from '../core/principal.ts';
import type { RunRecord } from '../core/run.ts';
import { isFinalRunState } from '../core/states.ts';
import type { DeadLetters, StoreReader } from '../core/store-reader.ts';
import type { Logger, Metrics } from '../core/telemetry.ts';
import type { FlowTickets } from '../core/workflows/flow-control.ts';
import type { Schedules, Workflows } from '../core/workflows/workflows.ts';
import { type CapabilityDeps, createCapabilities } from './capabilities/capabilities.ts';
import { createDispatcher, type DispatcherLimits } from './driver/dispatcher.ts';
import type { EffectHandlers } from './driver/effect-runner.ts';
import { createRunRegistry, type RunRegistry } from './driver/run-registry.ts';
import { createFailover } from './failover/failover.ts';
import { createJobFamily, type JobFamily } from './failover/job-family.ts';
import { createFlowControl, type FlowControl } from './flow/flow-control.ts';
import type { JobEngineDeps } from './jobs/job-deps.ts';
import type { Jobs } from './jobs/jobs.ts';
import { undoJobs } from './jobs/undo-jobs.ts';
import type { RunAggregate } from './model/run-aggregate.ts';
import { collectItemOutputs, evaluateRunOutputs, type RunOutputsDeps } from './outputs/collect-outputs.ts';
import { createOutputCache } from './outputs/output-cache.ts';
import { toFailure } from './outputs/to-failure.ts';
import { performStep } from './perform-step.ts';
import { decidableApprovals } from './requests/decidable-approvals.ts';
import { type DecideApprovalDeps, decideApproval, whyNotDecide } from './requests/decide-approval.ts';
import type { Engine } from './requests/engine.ts';
import { callTool, executeCommand, runAgent } from './requests/execute-command.ts';
import { createIdempotency } from './requests/idempotency.ts';
import { rerunFrom } from './requests/rerun-from.ts';
import { cancelRun, type RunControlDeps, retryStep, sendMessage, sendSignal } from './requests/run-control.ts';
import { simulatePolicy } from './requests/simulate-policy.ts';
import { type StartWorkflowDeps, startWorkflow } from './requests/start-workflow.ts';
import { replayDeadLetter, submitJob } from './requests/submit-job.ts';
import { createWebhookReceiver } from './requests/triggers/receive-webhook.ts';
import { createScheduler } from './requests/triggers/scheduler.ts';
import { uploadArtifact } from './requests/upload-artifact.ts';
import { createWorkflowLoader } from './requests/workflow-loader.ts';
import { changeSchedule, deleteWorkflow, saveWorkflow } from './requests/workflows/saved-workflows.ts';
import { performSubWorkflow } from './requests/workflows/sub-workflow.ts';
import { type ValidateWorkflowDeps, validateWorkflow } from './requests/workflows/validate-workflow.ts';
import { type PrepareDeps, prepareStep } from './steps/prepare-step.ts';
import type { AgentStepDeps } from './steps/step-deps.ts';
import { storeBatches } from './steps/store-batches.ts';

export interface EngineDeps extends Omit<AgentStepDeps, 'capabilities' | 'reader'>, CapabilityDeps {
  readonly policy: Policy;
  readonly journal: Journal;
  readonly reader: StoreReader;
  readonly workflows: Workflows;
  readonly schedules: Schedules;
  readonly flowTickets: FlowTickets;
  readonly standings: Pick<AccountStandings, 'standingOf'>;
  readonly leases: Leases;
  readonly inbox: Inbox;
  readonly deadLetters: Pick<DeadLetters, 'find'>;
  /** Creates what sends jobs to workers. Absent: there is no bus. */
  readonly createJobs?: (engine: JobEngineDeps) => Jobs;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: DispatcherLimits & {
    /** Maximum of runs in progress on this node. */
    readonly runs: number;
  };
}

const MAX_LOG_LINES = 100;

/** The engine of one node. It starts nothing before `begin`. */
export function createEngine(deps: EngineDeps): Engine {
  const { reader, clock, logger, limits } = deps;
  const dispatcher = createDispatcher(limits);
  const capabilities = createCapabilities(deps);
  const workflowLoader = createWorkflowLoader({ ...deps, capabilities });
  const cache = createOutputCache(clock);
  const admitted = new WeakMap<RunAggregate, ReadonlyMap<string, readonly Decision[]>>();
  const idempotency = createIdempotency(deps);

  const logsOf = async (runId: string, step: string): Promise<readonly string[]> => {
    const lines: string[] = [];
    for await (const event of reader.history(runId)) {
      if (event.type === 'LOG' && event.step === step) lines.push(event.payload.text);
      if (lines.length > MAX_LOG_LINES) lines.shift();
    }
    return lines;
  };
  const stepDeps: PrepareDeps & RunOutputsDeps = {
    resources: deps.resources,
    gate: deps.gate,
    clock,
    cpu: deps.cpu,
    logger,
    artifacts: deps.artifacts,
    maxResultBytes: deps.maxResultBytes,
    capabilities,
    cache,
    admitted,
    logsOf,
    storeBatches: (run, step, value) => storeBatches({ ...deps, capabilities }, run, step, value),
  };
  const findRun = (runId: string) => failover.find(runId);
  const jobs = deps.createJobs?.({ ...deps, capabilities, findRun });
  deps.metrics.nodesFrom(deps.leases.countNodes);
  deps.metrics.queuesFrom(async () => ({
    steps: dispatcher.queued,
    ...((await jobs?.sizes()) ?? { jobs: new Map(), parkedJobs: new Map() }),
  }));
  const handlers: EffectHandlers = {
    prepare: (run, step) => prepareStep(stepDeps, run, step),
    act: performStep({
      ...deps,
      capabilities,
      cache,
      logsOf,
      jobs,
      performSubWorkflow: (attempt) => performSubWorkflow({ ...startDeps, cancelChild }, attempt),
    }),
    continueJob: (step) => jobs?.continue(step),
    gather: (run, step) => collectItemOutputs(deps, run, step),
    conclude: (run) => evaluateRunOutputs(stepDeps, run),
    toFailure: (error, { record: run }, step) =>
      toFailure(error, logger, { runId: run.id, traceId: run.traceId, ...(step && { stepId: step.id }) }),
  };
  const flow: FlowControl = createFlowControl({
    ...{ tickets: deps.flowTickets, journal: deps.journal, leases: deps.leases, inbox: deps.inbox, clock, logger },
    room: () => limits.runs - runs.size,
    find: findRun,
    cancel: (runId, by, reason) => cancelElsewhere(by.principal, runId, reason),
  });
  const runs: RunRegistry = createRunRegistry({
    ...deps,
    dispatcher,
    ...(jobs && { jobPlaces: jobs.places }),
    handlers,
    onRelease: (runId, fault) => failover.onReleased(runId, fault),
    onEnded: flow.onEnded,
    onWaiting: (runId) => failover.considerParking(runId),
    // If this fails, the next heartbeat of any node finds that the parent is due.
    onChildEnded: (parentId) => void failover.find(parentId).catch(() => {}),
    onCancelled: (run) =>
      void jobFamily.cancelJobs(run, run.principal).catch((error: unknown) => {
        logger.warn('job.cancel_failed', { runId: run.id, error: String(error) });
        failover.onLeftovers();
      }),
  });
  const startDeps: StartWorkflowDeps & EngineDeps = {
    ...deps,
    capabilities,
    dispatcher,
    runs,
    idempotency,
    admitted,
    workflowLoader,
    flow,
    maxRuns: limits.runs,
  };
  const scheduler = createScheduler(startDeps);
  const receiveWebhook = createWebhookReceiver({ ...startDeps, countNodes: deps.leases.countNodes });
  const failover = createFailover({
    ...{
      ...deps,
      runs,
      inputOf: flow.inputOf,
      onNextSchedule: scheduler.setNextDue,
      onNodeEnded: () => jobFamily.cancelLeftovers(),
    },
    ...(jobs && { onNodes: jobs.shareWorkers }),
  });
  const jobFamily: JobFamily = createJobFamily({ ...deps, failover });
  const controlDeps: RunControlDeps & StartWorkflowDeps & EngineDeps = { ...startDeps, flow, failover, jobFamily };
  const decisionDeps: DecideApprovalDeps = { ...deps, ...controlDeps, capabilities };
  const savedWorkflowDeps: ValidateWorkflowDeps = { ...deps, capabilities, workflowLoader };

  const cancelChild = ({ id, principal: by }: RunRecord, childId: string): Promise<void> =>
    cancelElsewhere(by, childId, `its parent run ${id} ended`);
  const cancelElsewhere = async (by: User, runId: string, reason: string): Promise<void> => {
    // It may not be recorded yet.
    const handle = runs.get(runId);
    if (handle) return handle.send({ type: 'cancelled', by, reason, compensate: false });
    const run = await reader.run({ tenant: by.tenant }, runId);
    if (!run || isFinalRunState(run.state)) return;
    await sendMessage(controlDeps, run, {
      id: newId('msg'),
      runId,
      type: 'cancel',
      by,
      reason,
      compensate: false,
    });
  };

  let stopping = false;
  /** Rejects requests once the engine is stopping. */
  const open = <Args extends unknown[], Result>(handle: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      if (!stopping) return handle(...args);
      throw new Fault('UNAVAILABLE', 'The server is stopping. Try again in a moment.', { retryAfterMs: 2_000 });
    };
  };

  return {
    executeCommand: open((principal, request) => executeCommand(startDeps, principal, request)),
    callTool: open((principal, request) => callTool(startDeps, principal, request)),
    runAgent: open((principal, request) => runAgent(startDeps, principal, request)),
    submitJob: open((principal, request) => submitJob({ ...startDeps, ...jobFamily }, principal, request)),
    replayDeadLetter: open((principal, id) => replayDeadLetter({ ...startDeps, ...jobFamily }, principal, id)),
    undoJobs: open((job) => undoJobs({ ...deps, runs }, job)),
    uploadArtifact: open((principal, upload) => uploadArtifact({ ...startDeps, handlers }, principal, upload)),
    startWorkflow: open((principal, request) => startWorkflow(startDeps, principal, request)),
    receiveWebhook: open(receiveWebhook),
    webhookOf: async (workflow) => (await workflowLoader.readSaved(workflow)).document?.webhook,
    cancelRun: open((principal, runId, how) => cancelRun(controlDeps, principal, runId, how)),
    retryStep: open((principal, runId, step) => retryStep(controlDeps, principal, runId, step)),
    rerunFrom: open((principal, runId, step, inputs) => rerunFrom(controlDeps, principal, runId, step, inputs)),
    decideApproval: open((principal, id, decision) => decideApproval(decisionDeps, principal, id, decision)),
    decidableApprovals: (principal, page) => decidableApprovals(decisionDeps, principal, page),
    whyNotDecide: (principal, approval) => whyNotDecide(decisionDeps, principal, approval),
    sendSignal: open((principal, runId, signal) => sendSignal(controlDeps, principal, runId, signal)),
    load: () => ({ nodes: deps.leases.countNodes(), queued: dispatcher.queued, slots: dispatcher.slots() }),
    validateWorkflow: (principal, source, inputs) => validateWorkflow(savedWorkflowDeps, principal, source, inputs),
    simulatePolicy: (principal, rules, since) => simulatePolicy(deps, principal, rules, since),
    workflowGraph: (workflow) => workflowLoader.graphOf(workflow),
    convertWorkflow: (principal, source, form) => workflowLoader.convert(principal, source, form),
    saveWorkflow: open(async (principal, source, ifVersion) => {
      const saved = await saveWorkflow(savedWorkflowDeps, principal, source, ifVersion);
      scheduler.setNextDue(await deps.schedules.nextAt());
      return saved;
    }),
    pauseSchedule: open((principal, name) =>
      changeSchedule({ ...deps, ...savedWorkflowDeps }, principal, name, 'pause'),
    ),
    resumeSchedule: open(async (principal, name) => {
      const resumed = await changeSchedule({ ...deps, ...savedWorkflowDeps }, principal, name, 'resume');
      scheduler.setNextDue(await deps.schedules.nextAt());
      return resumed;
    }),
    deleteWorkflow: open((principal, name) => deleteWorkflow(savedWorkflowDeps, principal, name)),
    flowWaitOf: flow.waitOf,
    async begin() {
      await failover.tick();
      failover.start();
      flow.begin();
      await jobs?.begin();
    },
    async stop(drainMs) {
      stopping = true;
      scheduler.stop();
      await flow.stop();
      await jobs?.stop();
      const until = Date.now() + drainMs;
      while (isBusy(runs) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
      runs.releaseAll();
      await failover.stop();
    },
  };
}

/** Runs that only wait are left to the node that claims them. */
function isBusy(runs: RunRegistry): boolean {
  for (const { run } of runs.all) if (run.record.state !== 'WAITING') return true;
  return false;
}
