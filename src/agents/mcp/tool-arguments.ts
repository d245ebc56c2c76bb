import type { ToolInfo } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { SchemaValidator } from '../../core/schema-validator.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { createBody } from '../../resources/protocols/body.ts';
import { MAX_MESSAGE_BYTES } from './transport.ts';

/**
 * What a tool is called with. In this order, each only where nothing came before: the arguments that the agent's
 * configuration gives; what the context has under the name of a property of the tool (`maxItems` and `max_items` are
 * the same name); and, where the tool needs exactly one text, the text of the context.
 */
export function buildToolArguments(tool: ToolInfo, given: JsonObject, context: Json): JsonObject {
  const properties = isJsonObject(tool.input.properties) ? tool.input.properties : {};
  const args: Record<string, Json> = { ...given };
  if (isJsonObject(context)) {
    const byName = new Map(Object.entries(context).map(([name, value]) => [normalizeName(name), value]));
    for (const name of Object.keys(properties)) {
      const value = Object.hasOwn(context, name) ? context[name] : byName.get(normalizeName(name));
      if (value !== undefined && !Object.hasOwn(args, name)) args[name] = value;
    }
  }
  const [needed, ...others] = requiredTextProperties(tool.input, properties);
  if (needed !== undefined && others.length === 0 && !Object.hasOwn(args, needed)) {
    const text = textOf(context);
    if (text !== undefined) args[needed] = text;
  }
  return args;
}

/**
 * The schema is somebody else's, so it is compiled and run where it can be stopped.
 * @throws Fault BAD_INPUT with each part that does not fit
 */
export async function validateToolArguments(
  tool: ToolInfo,
  args: JsonObject,
  schemas: SchemaValidator,
  signal: AbortSignal,
): Promise<void> {
  const name = `mcp:${encodeURIComponent(tool.name)}`;
  const violations = await schemas.validate({
    json: JSON.stringify(args),
    schemaUri: name,
    read: (uri) => {
      if (uri !== name)
        throw new Fault('BAD_INPUT', `The schema of the tool ${tool.name} refers to ${uri.slice(0, 200)}.`);
      const content = Buffer.from(JSON.stringify(tool.input));
      return createBody(
        { uri, mediaType: 'application/schema+json', content },
        { signal, maxBytes: MAX_MESSAGE_BYTES },
      );
    },
    signal,
  });
  if (violations.length === 0) return;
  const [{ path, message } = { path: '', message: '' }] = violations;
  throw new Fault(
    'BAD_INPUT',
    `The arguments of the tool ${tool.name} do not fit: ${path || 'they'} ${message}. Give them in \`arguments\`, or name them in the context.`,
    { violations },
  );
}

/** Names of the properties that must be there and be a text. */
function requiredTextProperties(schema: JsonObject, properties: JsonObject): string[] {
  const required = Array.isArray(schema.required) ? (schema.required as readonly Json[]) : [];
  return required.filter((name): name is string => {
    const property = typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return isJsonObject(property) && property.type === 'string';
  });
}

/** Of a context: itself, or what the step before made (`previous`), as text. */
function textOf(context: Json): string | undefined {
  if (typeof context === 'string') return context;
  if (!isJsonObject(context)) return undefined;
  if (typeof context.text === 'string') return context.text;
  if (context.previous !== undefined) return textOf(context.previous);
  const { json } = context;
  if (json === undefined) return undefined;
  if (typeof json === 'string') return json;
  return isJsonObject(json) && typeof json.text === 'string' ? json.text : JSON.stringify(json);
}

function normalizeName(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}
