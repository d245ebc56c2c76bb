import type { AnyCommand } from '../../commands/definition/define-command.ts';
import { validateOptions } from '../../commands/definition/validate-options.ts';
import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import type { Journal } from '../../core/journal.ts';
import type { Decision } from '../../core/policy.ts';
import type { SignedIn, User } from '../../core/principal.ts';
import type { Resources } from '../../core/resource.ts';
import type { PlannedStep, RunSnapshot } from '../../core/run.ts';
import type { Logger, Metrics } from '../../core/telemetry.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { parseAgentInput } from '../capabilities/agent-input.ts';
import type { Capabilities } from '../capabilities/capabilities.ts';
import type { Dispatcher } from '../driver/dispatcher.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import type { RunRegistry } from '../driver/run-registry.ts';
import { createRunStart, identifyRequest, type RequestIdentity, userOf } from '../driver/run-start.ts';
import type { Gate } from '../gate/gate.ts';
import type { Quotas } from '../gate/quotas.ts';
import type { RunAggregate } from '../model/run-aggregate.ts';
import { admitPlan } from './admit-plan.ts';
import { admitRun, admitShortRun, type RunDoorDeps } from './admit-run.ts';
import { type CommandPlan, compileCommand, planAgent } from './compile-command.ts';
import { denyRun } from './deny-run.ts';
import type { AgentRequest, CommandRequest, RunOutcome, ToolRequest } from './engine.ts';
import type { Idempotency } from './idempotency.ts';
import { checkLabels } from './labels.ts';
import { checkWait } from './wait-for-end.ts';

export interface ExecuteDeps extends RunDoorDeps {
  readonly capabilities: Capabilities;
  readonly resources: Resources;
  readonly gate: Gate;
  readonly quotas: Quotas;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly dispatcher: Dispatcher;
  readonly runs: RunRegistry;
  readonly idempotency: Idempotency;
  readonly admitted: WeakMap<RunAggregate, ReadonlyMap<string, readonly Decision[]>>;
}

/** See `Engine.executeCommand`. */
export async function executeCommand(
  deps: ExecuteDeps,
  principal: SignedIn,
  request: CommandRequest,
): Promise<RunOutcome> {
  const plan = compileCommand(deps.capabilities, request.command, request.options, request.outputMediaType);
  const identity = identifyRequest(request, commandContent(request.command, plan));
  return runToEndOrWait(deps, userOf(principal), plan, identity);
}

/** What a request says, the same in each form and under each name of the command. */
function commandContent(command: string, { kind, inputs, steps }: CommandPlan): Json {
  const mediaTypes = steps.map(({ terms }) => terms?.outputMediaType ?? null);
  const isTyped = mediaTypes.some((one) => one !== null);
  const name = kind === 'COMMAND' ? (steps[0]?.capability ?? command) : command;
  return [name, inputs, isTyped ? mediaTypes : null];
}

/** See `Engine.callTool`. */
export async function callTool(deps: ExecuteDeps, principal: SignedIn, request: ToolRequest): Promise<RunOutcome> {
  const { title, effect, idempotent } = deps.capabilities.tool(request.tool);
  const capability = deps.capabilities.of({ kind: 'TOOL', capability: request.tool });
  const inputs = validateOptions(capability as AnyCommand, request.arguments);
  const step: PlannedStep = {
    id: newId('step'),
    key: request.tool,
    title,
    kind: 'TOOL',
    capability: request.tool,
    effect,
    dependsOn: [],
    maxAttempts: 1,
    ...(idempotent && { terms: { idempotent } }),
  };
  const identity = identifyRequest(request, [request.tool, inputs]);
  return runToEndOrWait(deps, userOf(principal), { kind: 'COMMAND', inputs, steps: [step] }, identity);
}

/** See `Engine.runAgent`. */
export async function runAgent(deps: ExecuteDeps, principal: SignedIn, request: AgentRequest): Promise<RunSnapshot> {
  const user = userOf(principal);
  const { waitMs = 0, labels = {} } = request;
  checkWait(waitMs);
  checkLabels(labels);
  const { agent, context } = parseAgentInput(
    { agent: { ...request.agent }, context: request.context ?? null },
    deps.capabilities,
  );
  const step = planAgent(deps.capabilities, agent, context, agent.backend);
  const inputs = { agent: { ...agent }, context } as JsonObject;
  const identity = identifyRequest(request, Object.keys(labels).length > 0 ? [inputs, labels] : inputs);
  deps.gate.pass(user, { action: 'mutation:runAgent' });
  const plan = { kind: 'AGENT', inputs, steps: [step], goal: agent.goal, labels } as const;
  return deps.idempotency(user, identity, waitMs, () => startPlan(deps, user, plan, identity));
}

async function runToEndOrWait(
  deps: ExecuteDeps,
  user: User,
  plan: CommandPlan,
  identity: RequestIdentity,
): Promise<RunOutcome> {
  const snapshot = await deps.idempotency(user, identity, 'completedOrWaiting', () =>
    startPlan(deps, user, plan, identity),
  );
  const output = snapshot.run.state === 'SUCCEEDED' ? snapshot.steps.at(-1)?.output : undefined;
  return { snapshot, ...(output && { output }) };
}

/** @throws Fault FORBIDDEN, THROTTLED when the policy does not admit the plan; a denial is recorded as a run */
export async function startPlan(
  deps: ExecuteDeps,
  user: User,
  plan: CommandPlan & Partial<Parameters<typeof createRunStart>[1]>,
  identity: RequestIdentity,
): Promise<RunHandle> {
  const admission = admitPlan(plan.steps, plan.inputs, user, deps);
  if (admission.refused) {
    const { step, fault } = admission.refused;
    if (fault.code !== 'THROTTLED') {
      const { idempotencyKey: _, ...rest } = identity;
      // Nor does it hold the id of a job, whose sender gets its answer from the caller.
      const { plan: __, ...opening } = plan;
      const steps = plan.steps.map((each) => ({ ...each, id: newId('step') }));
      await denyRun(deps, createRunStart(user, { ...opening, steps }, rest, deps.clock.now()), fault, step);
    }
    throw fault;
  }
  const mayWait =
    plan.kind === 'AGENT' ||
    plan.kind === 'JOB' ||
    plan.steps.length > 1 ||
    admission.admitted.size < plan.steps.length;
  const begin = () => {
    const start = createRunStart(user, plan, identity, deps.clock.now());
    deps.admitted.set(start.run, admission.admitted);
    return deps.runs.drive(start);
  };
  if (mayWait) return admitRun(deps, user, begin);
  admitShortRun(deps, user);
  return begin();
}
