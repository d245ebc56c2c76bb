import type { ToolContext, ToolInfo } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { SchemaValidator } from '../../core/resource.ts';
import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import { createBody } from '../../resources/protocols/body.ts';
import { MAX_MESSAGE_BYTES } from './transport.ts';

/**
 * The arguments of a tool call, from the first of these that has a value: the agent's configuration; the property of the
 * context with the name of the argument (`maxItems` and `max_items` are the same name); the text of the context, when the
 * tool requires exactly one text.
 */
export function buildToolArguments(tool: ToolInfo, configured: JsonObject, context: Json): JsonObject {
  const properties = isJsonObject(tool.input.properties) ? tool.input.properties : {};
  const args: Record<string, Json> = { ...configured };
  if (isJsonObject(context)) {
    const byName = new Map(Object.entries(context).map(([name, value]) => [normalizeName(name), value]));
    for (const name of Object.keys(properties)) {
      const value = Object.hasOwn(context, name) ? context[name] : byName.get(normalizeName(name));
      if (value !== undefined && !Object.hasOwn(args, name)) args[name] = value;
    }
  }
  const [textProperty, ...others] = requiredTextProperties(tool.input, properties);
  if (textProperty !== undefined && others.length === 0 && !Object.hasOwn(args, textProperty)) {
    const text = textOf(context);
    if (text !== undefined) args[textProperty] = text;
  }
  return args;
}

/**
 * Checks arguments by the tool's schema, which is not trusted, so it is compiled and run where it can be stopped.
 * @throws Fault BAD_INPUT with a violation for each argument that does not fit
 */
export async function validateToolArguments(
  tool: ToolInfo,
  args: JsonObject,
  schemas: SchemaValidator,
  { cpu, signal }: Pick<ToolContext, 'cpu' | 'signal'>,
): Promise<void> {
  const name = `mcp:${encodeURIComponent(tool.name)}`;
  const violations = await schemas.validate({
    json: JSON.stringify(args),
    schemaUri: name,
    cpu,
    read: (uri) => {
      if (uri !== name)
        throw new Fault(
          'BAD_INPUT',
          `The schema of the tool ${tool.name} refers to ${uri.slice(0, 200)}, which is not supported. Use another tool.`,
        );
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
    `The arguments of the tool ${tool.name} do not fit: ${path || 'they'} ${message}. Set them in \`arguments\` or in the context.`,
    { violations },
  );
}

/** Names of the required properties of type string. */
function requiredTextProperties(schema: JsonObject, properties: JsonObject): string[] {
  const required = Array.isArray(schema.required) ? (schema.required as readonly Json[]) : [];
  return required.filter((name): name is string => {
    const property = typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return isJsonObject(property) && property.type === 'string';
  });
}

/** Text of a context: itself, its `text`, or that of the previous step (`previous`). */
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
