import { isComposite } from '../commands/define-command.ts';
import { mentionsPrevious, withPrevious } from '../commands/previous-output.ts';
import { validateOptions } from '../commands/validate-options.ts';
import type { Decision } from '../core/decision.ts';
import { Fault } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { User } from '../core/principal.ts';
import type { Resources } from '../core/resource.ts';
import type { PlannedStep, RunSnapshot } from '../core/run.ts';
import { type Commands, find, SOME_OUTPUT } from './compile-command.ts';
import type { Gate } from './gate.ts';
import { asksOf } from './perform-step.ts';
import { stepOf } from './run-machine.ts';

interface AdmitDeps {
  readonly commands: Commands;
  readonly resources: Resources;
  readonly gate: Gate;
}

/** The step that the policy does not let pass, before anything ran. */
export interface Refused {
  readonly step: string;
  readonly fault: Fault;
}

export type Admission =
  | { readonly admitted: ReadonlyMap<string, readonly Decision[]>; readonly refused?: never }
  | { readonly refused: Refused };

/**
 * Asks for every step whose resources are known before anything runs, so that a plan that cannot go through does not
 * begin. A step that reads `$previous.output` is asked about again when its turn comes and the URI is known.
 * @throws Fault BAD_INPUT when a step names a URI that is none
 */
export function admit(steps: readonly PlannedStep[], who: User, deps: AdmitDeps): Admission {
  const admitted = new Map<string, readonly Decision[]>();
  for (const step of steps) {
    try {
      if (mentionsPrevious(step.input)) foresee(step, who, deps);
      else admitted.set(step.key, passStep(step, step.input, who, deps));
    } catch (error) {
      if (!(error instanceof Fault) || !error.decision) throw error;
      return { refused: { step: step.key, fault: error } };
    }
  }
  return { admitted };
}

/** What no output of the step before could change. Takes nothing from a bucket. @throws Fault FORBIDDEN */
function foresee(step: PlannedStep, who: User, deps: AdmitDeps): void {
  const command = commandOf(step, deps.commands);
  const options = withPrevious(command, step.input, SOME_OUTPUT);
  for (const ask of asksOf(command, options, deps.resources)) deps.gate.foresee(who, ask);
}

/** The decisions that let the step pass. @throws Fault FORBIDDEN and its kin; BAD_INPUT */
export function passStep(step: PlannedStep, options: JsonObject, who: User, deps: AdmitDeps): readonly Decision[] {
  return asksOf(commandOf(step, deps.commands), options, deps.resources).map((ask) => deps.gate.pass(who, ask));
}

/** The step's options with the output of the step before it in place. @throws Fault BAD_INPUT */
export function optionsOf(run: RunSnapshot, step: PlannedStep, commands: Commands): JsonObject {
  const [previous] = step.dependsOn;
  const output = previous === undefined ? undefined : stepOf(run, previous).output;
  if (!output || !mentionsPrevious(step.input)) return step.input;
  const command = commandOf(step, commands);
  return validateOptions(command, withPrevious(command, step.input, `artifact:sha256/${output.digest}`));
}

export function commandOf(step: PlannedStep, commands: Commands) {
  const command = find(commands, step.capability, ['command']);
  if (isComposite(command)) throw new Error(`${command.name} was planned as one step`);
  return command;
}
