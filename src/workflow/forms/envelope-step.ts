import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { DocumentPath } from '../model/problems.ts';
import { fromEnvelope } from './envelope.ts';

/** A step of a pipeline in the envelope form, as one or two steps. Origins are paths from that step down. */
interface EnvelopeSteps {
  readonly steps: readonly EnvelopeStep[];
  readonly problems: readonly { readonly message: string; readonly at: DocumentPath }[];
}

interface EnvelopeStep {
  /** In the form `{command, options}` or `{agent}`. */
  readonly step: JsonObject;
  readonly outputMediaType?: string;
  readonly origins: ReadonlyMap<string, DocumentPath>;
}

const PREVIOUS_OUTPUT = '$previous.output';
const FETCH_PROPERTIES: JsonObject = { source: {}, schemaUri: {} };

/** True for `{command, request}` and `{agent_node}`. */
export function isEnvelopeStep(step: JsonObject): boolean {
  return 'request' in step || 'agent_node' in step;
}

/** The steps of a pipeline, which may stand under `meta`, and where. */
export function pipelineStepsOf(document: JsonObject): { readonly steps: Json | undefined; readonly at: DocumentPath } {
  const { meta } = document;
  if (document.steps === undefined && 'meta' in document) {
    return { steps: isJsonObject(meta) ? meta.steps : undefined, at: ['meta', 'steps'] };
  }
  return { steps: document.steps, at: ['steps'] };
}

/**
 * Converts a step. The agent takes the place of the command; an agent that names a resource finds it in its
 * context, as the output of a step `fetch` before it.
 * @param propertiesOf schemas of a command's options, by name; undefined for a command that does not exist
 */
export function fromEnvelopeStep(
  step: JsonObject,
  propertiesOf: (command: string) => JsonObject | undefined,
): EnvelopeSteps {
  const { request, agent_node: agent, command, ...rest } = step;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    return refused(`A step has command, request and agent_node, but not ${JSON.stringify(unknown.slice(0, 64))}.`, [
      unknown,
    ]);
  }
  const envelope = request ?? {};
  if (!isJsonObject(envelope)) return refused('request must be an object.', ['request']);
  const isAgent = agent !== undefined && agent !== null;
  if (!isAgent && command === 'agent') return refused('The command agent needs an agent_node.', ['command']);
  if (!isAgent && typeof command !== 'string') return refused('A step needs a command or an agent_node.', []);
  if (isAgent && !isJsonObject(agent)) return refused('agent_node must be an object.', ['agent_node']);
  const properties = isAgent ? FETCH_PROPERTIES : (propertiesOf(String(command)) ?? {});
  const { options, outputMediaType, origins, problems } = fromEnvelope(envelope, properties);
  if (problems.length > 0) {
    return { steps: [], problems: problems.map(({ message, at }) => ({ message, at: ['request', ...at] })) };
  }
  const inner = new Map([...origins].map(([name, at]) => [name, ['request', ...at]]));
  const typed = outputMediaType !== undefined && { outputMediaType };
  if (!isAgent)
    return { steps: [{ step: { command: command as string, options }, ...typed, origins: inner }], problems };
  const extra = Object.keys(options).find((name) => !Object.hasOwn(FETCH_PROPERTIES, name));
  if (extra !== undefined) {
    const message = `An agent has no option ${extra.slice(0, 64)}. Write what it must know into its goal.`;
    return refused(message, inner.get(extra) ?? ['request']);
  }
  const own = { step: { agent: withoutNulls(agent as JsonObject) }, ...typed, origins: new Map() };
  const { source } = options;
  const isPrevious = source === undefined || (isJsonObject(source) && source.uri === PREVIOUS_OUTPUT);
  if (isPrevious && options.schemaUri === undefined) return { steps: [own], problems };
  return { steps: [{ step: { command: 'fetch', options }, origins: inner }, own], problems };
}

/** Its members that are not null. */
export function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

function refused(message: string, at: DocumentPath): EnvelopeSteps {
  return { steps: [], problems: [{ message, at }] };
}
