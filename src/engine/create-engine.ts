import { Fault } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Journal } from '../core/journal.ts';
import type { Inbox, Leases } from '../core/leases.ts';
import type { Decision, Policy } from '../core/policy.ts';
import type { RunRecord } from '../core/run.ts';
import { isFinalRunState } from '../core/states.ts';
import type { StoreReader } from '../core/store-reader.ts';
import type { Logger, Metrics } from '../core/telemetry.ts';
import type { Schedules, Workflows } from '../core/workflows.ts';
import { isJsonObject } from '../lib/json.ts';
import { type CapabilityDeps, createCapabilities } from './capabilities/capabilities.ts';
import { createDispatcher, type DispatcherLimits } from './driver/dispatcher.ts';
import type { EffectHandlers } from './driver/drive-run.ts';
import { createRunRegistry, type RunRegistry } from './driver/run-registry.ts';
import { createFailover } from './failover/failover.ts';
import type { RunAggregate } from './model/run-aggregate.ts';
import { collectItemOutputs, evaluateRunOutputs } from './outputs/collect-outputs.ts';
import { createOutputCache } from './outputs/output-cache.ts';
import { toFailure } from './outputs/to-failure.ts';
import { performStep } from './perform-step.ts';
import type { Engine } from './requests/engine.ts';
import { callTool, executeCommand, runAgent } from './requests/execute-command.ts';
import { createIdempotency } from './requests/idempotency.ts';
import { rerunFrom } from './requests/rerun-from.ts';
import { cancelRun, decideApproval, retryStep, sendMessage, sendSignal } from './requests/run-control.ts';
import { deleteWorkflow, saveWorkflow, validateWorkflow } from './requests/saved-workflows.ts';
import { createScheduler } from './requests/scheduler.ts';
import { startWorkflow } from './requests/start-workflow.ts';
import { performSubWorkflow } from './requests/sub-workflow.ts';
import { uploadArtifact } from './requests/upload-artifact.ts';
import { followRun, isCompletedOrWaiting } from './requests/wait-for-end.ts';
import { createWorkflowLoader } from './requests/workflow-loader.ts';
import { prepareStep } from './steps/prepare-step.ts';
import type { AgentStepDeps } from './steps/step-deps.ts';

export interface EngineDeps extends Omit<AgentStepDeps, 'capabilities' | 'reader'>, CapabilityDeps {
  readonly policy: Policy;
  readonly journal: Journal;
  readonly reader: StoreReader;
  readonly workflows: Workflows;
  readonly schedules: Schedules;
  readonly leases: Leases;
  readonly inbox: Inbox;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: DispatcherLimits & {
    /** Runs under way on this node. */
    readonly runs: number;
  };
}

const MAX_LOG_LINES = 100;

/** The engine of one node. Nothing happens by itself before `begin`. */
export function createEngine(deps: EngineDeps): Engine {
  const { reader, clock, logger, limits } = deps;
  const dispatcher = createDispatcher(limits);
  const capabilities = createCapabilities(deps);
  const findWorkflow = createWorkflowLoader({ ...deps, capabilities });
  const cache = createOutputCache(clock);
  const admitted = new WeakMap<RunAggregate, ReadonlyMap<string, readonly Decision[]>>();
  const once = createIdempotency({
    reader,
    onDuplicate: ({ id, principal: { tenant } }) =>
      followRun(deps, tenant, id, isCompletedOrWaiting, AbortSignal.timeout(deps.timeoutMs)),
  });

  const logsOf = async (runId: string, step: string): Promise<readonly string[]> => {
    const lines: string[] = [];
    for await (const event of reader.history(runId)) {
      if (event.type === 'LOG' && event.step === step) lines.push(event.payload.text);
      if (lines.length > MAX_LOG_LINES) lines.shift();
    }
    return lines;
  };
  const preparing = { ...deps, capabilities, cache, admitted, logsOf };
  const hands: EffectHandlers = {
    prepare: (live, step) => prepareStep(preparing, live, step),
    act: performStep({
      ...deps,
      capabilities,
      cache,
      performSubWorkflow: (attempt) => performSubWorkflow({ ...starting, cancelChild }, attempt),
    }),
    gather: (live, step) => collectItemOutputs(deps, live, step),
    conclude: (live) => evaluateRunOutputs(preparing, live),
    toFailure: (error, { record: run }, step) =>
      toFailure(error, logger, { runId: run.id, traceId: run.traceId, ...(step && { stepId: step.id }) }),
  };
  const letGo = (runId: string, { details }: Fault) => {
    // Its events may be there, or are there already: an append whose answer was lost has perhaps happened after all.
    if (isJsonObject(details) && ('inDoubt' in details || 'nextSeq' in details)) takeOver.recheck(runId);
  };
  const running: RunRegistry = createRunRegistry({ ...deps, dispatcher, handlers: hands, onRelease: letGo });
  const starting = { ...deps, capabilities, dispatcher, running, once, admitted, findWorkflow, maxRuns: limits.runs };
  const scheduler = createScheduler(starting);
  const takeOver = createFailover({ ...deps, runs: running, onNextSchedule: scheduler.setNextDue });
  const steering = { ...starting, takeOver };
  const keeping = { ...deps, capabilities, findWorkflow };

  const cancelChild = async ({ id, principal: by }: RunRecord, childId: string): Promise<void> => {
    const reason = `its parent run ${id} ended`;
    // It may be so young that no one has recorded it yet.
    const here = running.get(childId);
    if (here) return here.send({ type: 'cancelled', by, reason, compensate: false });
    const child = await reader.run({ tenant: by.tenant }, childId);
    if (!child || isFinalRunState(child.state)) return;
    await sendMessage(steering, child, {
      id: newId('msg'),
      runId: childId,
      type: 'cancel',
      by,
      reason,
      compensate: false,
    });
  };

  let stopping = false;
  /** Nothing new begins once the engine is stopping. */
  const open = <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      if (!stopping) return work(...args);
      throw new Fault('UNAVAILABLE', 'The server is stopping. Try again in a moment.', { retryAfterMs: 2_000 });
    };
  };

  return {
    executeCommand: open((principal, request) => executeCommand(starting, principal, request)),
    callTool: open((principal, request) => callTool(starting, principal, request)),
    runAgent: open((principal, request) => runAgent(starting, principal, request)),
    uploadArtifact: open((principal, upload) => uploadArtifact({ ...starting, handlers: hands }, principal, upload)),
    startWorkflow: open((principal, request) => startWorkflow(starting, principal, request)),
    cancelRun: open((principal, runId, how) => cancelRun(steering, principal, runId, how)),
    retryStep: open((principal, runId, step) => retryStep(steering, principal, runId, step)),
    rerunFrom: open((principal, runId, step, inputs) => rerunFrom(steering, principal, runId, step, inputs)),
    decideApproval: open((principal, id, decision) => decideApproval(steering, principal, id, decision)),
    sendSignal: open((principal, runId, signal) => sendSignal(steering, principal, runId, signal)),
    validateWorkflow: (principal, source, inputs) => validateWorkflow(keeping, principal, source, inputs),
    workflowGraph: (document) => findWorkflow.graphOf(document),
    saveWorkflow: open(async (principal, source) => {
      const saved = await saveWorkflow(keeping, principal, source);
      scheduler.setNextDue(await deps.schedules.nextAt());
      return saved;
    }),
    deleteWorkflow: open((principal, name) => deleteWorkflow(keeping, principal, name)),
    async begin() {
      await takeOver.tick();
      takeOver.start();
    },
    async stop(drainMs) {
      stopping = true;
      scheduler.stop();
      const until = Date.now() + drainMs;
      while (isBusy(running) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
      running.releaseAll();
      await takeOver.stop();
    },
  };
}

/** Runs that only wait are left to whoever claims them. */
function isBusy(running: RunRegistry): boolean {
  for (const { run: live } of running.all) if (live.record.state !== 'WAITING') return true;
  return false;
}
