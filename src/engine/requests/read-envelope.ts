import type { AgentSpec } from '../../core/agent.ts';
import { Fault } from '../../core/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { fromEnvelope, isEnvelope } from '../../workflow/forms/envelope.ts';
import { fromEnvelopeStep, isEnvelopeStep, withoutNulls } from '../../workflow/forms/envelope-step.ts';
import { isAgentFile } from '../../workflow/forms/from-agent.ts';
import { agentConfig } from '../../workflow/inputs/agent-config.ts';
import { type Capabilities, type Capability, findCallable } from '../capabilities/capabilities.ts';

type Callables = Pick<Capabilities, 'commands' | 'queries'>;

/** The options of a command, whichever form they were written in. */
interface ReadRequest {
  readonly options: JsonObject;
  /** Media type that the output of the run must have. */
  readonly outputMediaType?: string;
  /** For a pipeline: the media type that the output of each step must have. */
  readonly stepMediaTypes: ReadonlyMap<number, string>;
}

/** Converts an envelope to the options of the command or query, also in the steps of a pipeline. @throws Fault BAD_INPUT */
export function readEnvelope(capabilities: Callables, command: Capability, request: JsonObject): ReadRequest {
  const properties = propertiesOf(command);
  const { options, outputMediaType } = isEnvelope(request, properties)
    ? refuse(fromEnvelope(request, properties), ['options'])
    : { options: request };
  const typed = outputMediaType !== undefined && { outputMediaType };
  const { steps } = options;
  if (!('steps' in command) || !Array.isArray(steps)) return { options, ...typed, stepMediaTypes: new Map() };
  const read = (steps as readonly Json[]).flatMap((step, i): readonly ReadStep[] =>
    isJsonObject(step) ? stepsOf(capabilities, step, i) : [{ step }],
  );
  const stepMediaTypes = new Map(
    read.flatMap(({ outputMediaType: wanted }, i) => (wanted === undefined ? [] : [[i, wanted] as const])),
  );
  return { options: { ...options, steps: read.map(({ step }) => step) }, ...typed, stepMediaTypes };
}

/**
 * An agent file as an agent and its context. Null counts as absent.
 * @param context that of the caller, for a file without one @throws Fault BAD_INPUT
 */
export function readAgentFile(
  document: Json,
  context: Json | undefined,
): { readonly agent: AgentSpec; readonly context?: Json } {
  if (!isJsonObject(document) || !isAgentFile(document)) {
    const message = 'This is not an agent file. It must be an object with role, goal and backend.';
    throw new Fault('BAD_INPUT', message, { path: ['document'] });
  }
  const { context: own, ...agent } = withoutNulls(document);
  if (own !== undefined && context !== undefined && context !== null) {
    const message = 'The agent file and the request both state the context. Keep one of the two.';
    throw new Fault('BAD_INPUT', message, { path: ['context'] });
  }
  const given = own ?? context;
  // The engine validates it.
  return { agent: agentSpec(agent) as unknown as AgentSpec, ...(given !== undefined && { context: given }) };
}

interface ReadStep {
  readonly step: Json;
  readonly outputMediaType?: string;
}

function stepsOf(capabilities: Callables, step: JsonObject, i: number): readonly ReadStep[] {
  if (!isEnvelopeStep(step)) return [{ step }];
  const form = fromEnvelopeStep(step, (name) => {
    return propertiesOf(findCallable(capabilities, name, ['steps', String(i), 'command']).target);
  });
  return refuse(form, ['options', 'steps', String(i)]).steps.map(({ step: { agent, ...rest }, outputMediaType }) => ({
    step: isJsonObject(agent) ? { agent: agentSpec(agent) } : rest,
    ...(outputMediaType !== undefined && { outputMediaType }),
  }));
}

/** An agent of a document in the form of the engine. */
function agentSpec({
  backend_config: config,
  memory_uri: memoryUri,
  output_schema: outputSchema,
  ...rest
}: JsonObject): JsonObject {
  return {
    ...rest,
    config: isJsonObject(config) ? agentConfig(config) : (config ?? {}),
    ...(memoryUri !== undefined && { memoryUri }),
    ...(outputSchema !== undefined && { outputSchema }),
  };
}

function propertiesOf({ options }: Capability): JsonObject {
  return options.properties as unknown as JsonObject;
}

function refuse<
  Form extends {
    readonly problems: readonly { readonly message: string; readonly at: readonly (string | number)[] }[];
  },
>(form: Form, path: readonly string[]): Form {
  const [first] = form.problems;
  if (!first) return form;
  const violations = form.problems.map(({ message, at }) => ({ path: `/${at.join('/')}`, message }));
  throw new Fault('BAD_INPUT', first.message, { path: [...path, ...first.at.map(String)], violations });
}
