import { referencesPreviousOutput, substitutePreviousOutput } from '../../commands/definition/previous-output.ts';
import type { Fault } from '../../core/errors.ts';
import type { Decision } from '../../core/policy.ts';
import type { User } from '../../core/principal.ts';
import type { Resources } from '../../core/resource.ts';
import type { PlannedStep } from '../../core/run.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { accessRequestsOf, stepAccessRequests } from '../capabilities/access-requests.ts';
import type { Capabilities } from '../capabilities/capabilities.ts';
import type { Gate, GateRequest } from '../gate/gate.ts';
import { PLACEHOLDER_OUTPUT } from './compile-command.ts';

interface AdmitPlanDeps {
  readonly capabilities: Capabilities;
  readonly resources: Resources;
  readonly gate: Gate;
}

/** The step that the policy does not permit, before anything ran. */
interface RefusedStep {
  readonly step: string;
  readonly fault: Fault;
}

export type Admission =
  | { readonly admitted: ReadonlyMap<string, readonly Decision[]>; readonly refused?: never }
  | { readonly refused: RefusedStep };

/**
 * Asks about all steps together before anything runs, so that a plan that cannot complete does not begin. A step that reads
 * `$previous.output`, or that a person must approve, is asked about again when its turn comes: now only a denial counts.
 * @param inputs of the run: what a step without input takes
 * @throws Fault BAD_INPUT when a step names an invalid URI
 */
export function admitPlan(
  steps: readonly PlannedStep[],
  inputs: JsonObject,
  user: User,
  deps: AdmitPlanDeps,
): Admission {
  let requests = steps.map((step) => requestsOf(step, inputs, deps));
  const stepOfRequest = requests.flatMap((ofStep, index) => ofStep.map(() => index));
  const decisionsOf = (index: number) => result.decisions.filter((_, i) => stepOfRequest[i] === index);

  let result = deps.gate.askAll(user, requests.flat());
  if (result.type === 'approval') {
    const needsApproval = steps.map((_, index) => decisionsOf(index).some(({ effect }) => effect === 'APPROVE'));
    requests = requests.map((ofStep, index) => (needsApproval[index] ? ofStep.map(inAdvance) : ofStep));
    result = deps.gate.askAll(user, requests.flat());
  }
  if (result.type !== 'allowed') {
    const step = steps[stepOfRequest[result.index] as number] as PlannedStep;
    return { refused: { step: step.key, fault: result.fault } };
  }
  const admitted = new Map<string, readonly Decision[]>();
  for (const [index, { key }] of steps.entries()) {
    if (!requests[index]?.some((request) => request.inAdvance)) admitted.set(key, decisionsOf(index));
  }
  return { admitted };
}

function requestsOf(step: PlannedStep, inputs: JsonObject, deps: AdmitPlanDeps): readonly GateRequest[] {
  const options = isJsonObject(step.input) ? step.input : inputs;
  const command = step.kind === 'COMMAND' || step.kind === 'QUERY' ? deps.capabilities.of(step) : undefined;
  if (!command || !referencesPreviousOutput(options)) return stepAccessRequests(deps, step, options);
  const complete = substitutePreviousOutput(command, options, PLACEHOLDER_OUTPUT);
  return accessRequestsOf(step, command, complete, deps.resources).map(inAdvance);
}

function inAdvance(request: GateRequest): GateRequest {
  return { ...request, inAdvance: true };
}
