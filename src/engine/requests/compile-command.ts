import {
  type AnyCommand,
  type Command,
  type InnerStep,
  isComposite,
} from '../../commands/definition/define-command.ts';
import { referencesPreviousOutput, substitutePreviousOutput } from '../../commands/definition/previous-output.ts';
import { validateOptions } from '../../commands/definition/validate-options.ts';
import type { Query } from '../../commands/read/define-query.ts';
import type { AgentSpec } from '../../core/agent.ts';
import { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { PlannedStep, RunKind } from '../../core/run.ts';
import { artifactUri } from '../../lib/artifact-uri.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { essenceOf } from '../../lib/media-type.ts';
import { parseAgentInput } from '../capabilities/agent-input.ts';
import { type Capabilities, type Capability, findCommand, findQuery } from '../capabilities/capabilities.ts';
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
  const { commands, queries } = capabilities;
  const query = commands.has(name) ? undefined : findQuery(queries, name);
  const command = query ?? findCommand(commands, name, ['command'], queries);
  const request = readEnvelope(commands, command, options);
  const plan = query
    ? compileQuery(query, request.options)
    : compile(capabilities, command as AnyCommand, request.options);
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

function compileQuery(query: Query, options: JsonObject): CommandPlan {
  const inputs = validateOptions(query as Capability as AnyCommand, options);
  const { name, title } = query;
  return {
    kind: 'COMMAND',
    inputs,
    steps: [{ ...planStep({ name, effect: 'pure' }, name, title, undefined, []), kind: 'QUERY' }],
  };
}

function compile(capabilities: Capabilities, command: AnyCommand, options: JsonObject): CommandPlan {
  const inputs = validateOptions(command, options);
  if (!isComposite(command)) {
    return { kind: 'COMMAND', inputs, steps: [planStep(command, command.name, command.title, undefined, [])] };
  }
  const inner = command.steps(inputs);
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
    return planPipelineStep(capabilities, command.name, step, i, key, dependsOn);
  });
  return { kind: 'PIPELINE', inputs, steps };
}

function planPipelineStep(
  { commands }: Capabilities,
  name: string,
  step: Exclude<InnerStep, { readonly agent: AgentSpec }>,
  i: number,
  key: string,
  dependsOn: readonly string[],
): PlannedStep {
  const at = ['steps', String(i)];
  const target = findCommand(commands, step.command, [...at, 'command']);
  if (isComposite(target)) {
    throw new Fault('BAD_INPUT', `${target.name} cannot be a step of ${name}. List its steps instead.`, { path: at });
  }
  if (i === 0 && referencesPreviousOutput(step.options)) {
    throw new Fault('BAD_INPUT', 'The first step has no previous output.', { path: [...at, 'options'] });
  }
  const complete = withErrorPath(at, 'options', () =>
    validateOptions(target, substitutePreviousOutput(target, step.options, PLACEHOLDER_OUTPUT)),
  );
  const input = referencesPreviousOutput(step.options) ? step.options : complete;
  return planStep(target, key, target.title, input, dependsOn);
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

function planStep(
  command: Pick<Command, 'name' | 'effect'>,
  key: string,
  title: string,
  /** Undefined for the inputs of the run. */
  input: JsonObject | undefined,
  dependsOn: readonly string[],
): PlannedStep {
  const { name: capability, effect } = command;
  const step = {
    id: newId('step'),
    key,
    title,
    kind: 'COMMAND',
    capability,
    effect,
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
