import { referencesPreviousOutput, substitutePreviousOutput } from '../../commands/definition/previous-output.ts';
import { Fault } from '../../core/errors.ts';
import type { Decision } from '../../core/policy.ts';
import type { User } from '../../core/principal.ts';
import type { Resources } from '../../core/resource.ts';
import type { PlannedStep } from '../../core/run.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { accessRequestsOf } from '../capabilities/access-requests.ts';
import type { Capabilities } from '../capabilities/capabilities.ts';
import { stepAccessRequests } from '../capabilities/step-access-requests.ts';
import type { Gate } from '../gate/gate.ts';
import { PLACEHOLDER_OUTPUT } from './compile-command.ts';

interface AdmitPlanDeps {
  readonly capabilities: Capabilities;
  readonly resources: Resources;
  readonly gate: Gate;
}

/** The step that the policy does not let pass, before anything ran. */
export interface RefusedStep {
  readonly step: string;
  readonly fault: Fault;
}

export type Admission =
  | { readonly admitted: ReadonlyMap<string, readonly Decision[]>; readonly refused?: never }
  | { readonly refused: RefusedStep };

/**
 * Asks for every step whose resources are known before anything runs, so that a plan that cannot go through does not
 * begin. A step that reads `$previous.output`, or that a person has to approve, is asked about again when its turn comes.
 * @param inputs of the run: what a step without input takes
 * @throws Fault BAD_INPUT when a step names a URI that is none
 */
export function admitPlan(
  steps: readonly PlannedStep[],
  inputs: JsonObject,
  who: User,
  deps: AdmitPlanDeps,
): Admission {
  const admitted = new Map<string, readonly Decision[]>();
  for (const step of steps) {
    const options = isJsonObject(step.input) ? step.input : inputs;
    try {
      const decisions =
        step.kind === 'COMMAND' && referencesPreviousOutput(options)
          ? precheckStep(step, options, who, deps)
          : authorizeStep(step, options, who, deps);
      if (decisions) admitted.set(step.key, decisions);
    } catch (error) {
      if (!(error instanceof Fault) || !error.decision) throw error;
      return { refused: { step: step.key, fault: error } };
    }
  }
  return { admitted };
}

/** What no output of the step before could change. Takes nothing from a bucket. @throws Fault FORBIDDEN */
function precheckStep(step: PlannedStep, options: JsonObject, who: User, deps: AdmitPlanDeps): undefined {
  const command = deps.capabilities.command(step.capability);
  const complete = substitutePreviousOutput(command, options, PLACEHOLDER_OUTPUT);
  for (const ask of accessRequestsOf(step, command, complete, deps.resources)) deps.gate.precheck(who, ask);
}

/** The decisions that let the step pass; undefined when a person has to approve it. @throws Fault FORBIDDEN, THROTTLED; BAD_INPUT */
function authorizeStep(
  step: PlannedStep,
  options: JsonObject,
  who: User,
  deps: AdmitPlanDeps,
): readonly Decision[] | undefined {
  const asks = stepAccessRequests(deps, step, options);
  try {
    return asks.map((ask) => deps.gate.pass(who, ask));
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'APPROVAL_REQUIRED') throw error;
    for (const ask of asks) deps.gate.precheck(who, ask);
    return undefined;
  }
}
