import {
  type AnyCommand,
  type Command,
  type InnerStep,
  isComposite,
} from '../../commands/definition/define-command.ts';
import { referencesPreviousOutput, substitutePreviousOutput } from '../../commands/definition/previous-output.ts';
import { validateOptions } from '../../commands/definition/validate-options.ts';
import type { AgentSpec } from '../../core/agent.ts';
import { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { PlannedStep, RunKind } from '../../core/run.ts';
import { artifactUri } from '../../lib/artifact-uri.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { essenceOf } from '../../lib/media-type.ts';
import { parseAgentInput } from '../capabilities/agent-input.ts';
import { type Callable, type Capabilities, type Capability, findCallable } from '../capabilities/capabilities.ts';
import { readEnvelope } from './read-envelope.ts';

export interface CommandPlan {
  readonly kind: RunKind;
  readonly inputs: JsonObject;
  readonly steps: readonly PlannedStep[];
}

/** Stands for `$previous.output` while options are checked before anything ran. */
export const PLACEHOLDER_OUTPUT = artifactUri('0'.repeat(64));

/**
 * Compiles a command or query and its options, or its envelope, into a plan: one step, or a sequence of steps for a
 * composite command.
 * @throws Fault NOT_FOUND for an unknown command, BAD_INPUT for invalid options
 */
export function compileCommand(
  capabilities: Capabilities,
  name: string,
  options: JsonObject,
  outputMediaType?: string,
): CommandPlan {
  const callable = findCallable(capabilities, name, ['command']);
  const request = readEnvelope(capabilities, callable.target, options);
  const plan = compile(capabilities, callable, request.options);
  const last = outputMediaType ?? request.outputMediaType;
  return {
    ...plan,
    steps: plan.steps.map((step, i) => {
      const ofStep = request.stepMediaTypes.get(i);
      const wanted = i === plan.steps.length - 1 ? (last ?? ofStep) : ofStep;
      return wanted === undefined ? step : { ...step, terms: { ...step.terms, outputMediaType: essenceOf(wanted) } };
    }),
  };
}

function compile(capabilities: Capabilities, callable: Callable, options: JsonObject): CommandPlan {
  const { kind, target } = callable;
  const inputs = validateOptions(target as Capability as AnyCommand, options);
  const alone = (one: SimpleCallable): CommandPlan => ({
    kind: 'COMMAND',
    inputs,
    steps: [planStep(one, target.name, undefined, [])],
  });
  if (kind === 'QUERY') return alone(callable);
  if (!isComposite(target)) return alone({ kind, target });
  const inner = target.steps(inputs);
  const keys = inner.map((step, i) => `${i + 1}-${step.agent?.backend ?? step.command}`);
  const steps = inner.map((step, i) => {
    const key = keys[i] as string;
    const dependsOn = keys.slice(i - 1, i);
    if (step.agent) {
      const agent = withErrorPath(
        ['steps', String(i)],
        'agent',
        () => parseAgentInput({ agent: { ...step.agent } }, capabilities).agent,
      );
      return planAgent(capabilities, agent, {}, key, dependsOn);
    }
    return planPipelineStep(capabilities, target.name, step, i, key, dependsOn);
  });
  return { kind: 'PIPELINE', inputs, steps };
}

function planPipelineStep(
  capabilities: Capabilities,
  name: string,
  step: Exclude<InnerStep, { readonly agent: AgentSpec }>,
  i: number,
  key: string,
  dependsOn: readonly string[],
): PlannedStep {
  const at = ['steps', String(i)];
  const { kind, target } = findCallable(capabilities, step.command, [...at, 'command']);
  if (kind === 'COMMAND' && isComposite(target)) {
    throw new Fault('BAD_INPUT', `${target.name} cannot be a step of ${name}. List its steps instead.`, { path: at });
  }
  if (i === 0 && referencesPreviousOutput(step.options)) {
    throw new Fault('BAD_INPUT', 'The first step has no previous output.', { path: [...at, 'options'] });
  }
  const complete = withErrorPath(at, 'options', () =>
    validateOptions(
      target as Capability as AnyCommand,
      substitutePreviousOutput(target, step.options, PLACEHOLDER_OUTPUT),
    ),
  );
  const input = referencesPreviousOutput(step.options) ? step.options : complete;
  return planStep({ kind, target } as SimpleCallable, key, input, dependsOn);
}

/** An agent as a step. One that resumes continues where it was after a restart. */
export function planAgent(
  capabilities: Capabilities,
  agent: AgentSpec,
  context: Json,
  key: string,
  dependsOn: readonly string[] = [],
): PlannedStep {
  const { resumes } = capabilities.backend(agent.backend);
  return {
    id: newId('step'),
    key,
    title: agent.role.slice(0, 200),
    kind: 'AGENT',
    capability: agent.backend,
    effect: 'external',
    dependsOn,
    maxAttempts: 1,
    input: { agent: { ...agent } as JsonObject, context },
    ...(resumes && { terms: { idempotent: true } }),
  };
}

type SimpleCallable = { readonly kind: 'COMMAND'; readonly target: Command } | Extract<Callable, { kind: 'QUERY' }>;

function planStep(
  { kind, target }: SimpleCallable,
  key: string,
  /** Undefined for the inputs of the run. */
  input: JsonObject | undefined,
  dependsOn: readonly string[],
): PlannedStep {
  const step = {
    id: newId('step'),
    key,
    title: target.title,
    kind,
    capability: target.name,
    effect: kind === 'QUERY' ? 'pure' : target.effect,
    dependsOn,
    maxAttempts: 1,
  } as const;
  return input === undefined ? step : { ...step, input };
}

/** Runs `check`, and adds the part of the input to its fault. */
function withErrorPath<T>(at: readonly string[], part: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const violations = error.violations.map((v) => ({ ...v, path: `/${at.join('/')}/${part}${v.path}` }));
    throw new Fault(error.code, `Step ${Number(at[1]) + 1}: ${error.message}`, {
      path: [...at, part],
      violations,
    });
  }
}
