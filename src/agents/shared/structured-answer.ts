import type { AgentSession } from '../../core/agent-session.ts';
import { Fault, type Violation } from '../../core/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { createSchemaValidator } from '../../resources/schemas/schema-validator.ts';
import { tryParseJson } from './try-parse-json.ts';

/**
 * The JSON of an answer, or why it does not fit the schema.
 * @throws Fault BAD_INPUT for a schema that is invalid or refers to another document
 */
export async function checkAnswer(
  text: string,
  schema: JsonObject,
  { cpu, signal }: Pick<AgentSession, 'cpu' | 'signal'>,
): Promise<{ readonly json: string } | { readonly violations: readonly Violation[] }> {
  const json = tryParseJson(text);
  if (json === undefined) return { violations: [{ path: '', message: 'is no JSON' }] };
  const answer = JSON.stringify(json);
  const violations = await createSchemaValidator().validate({
    cpu,
    json: answer,
    schemaUri: `data:application/schema+json,${encodeURIComponent(JSON.stringify(schema))}`,
    read: (uri) => readSchema(uri, schema),
    signal,
  });
  return violations.length === 0 ? { json: answer } : { violations };
}

/** The schema itself; it must not refer to other documents. */
async function readSchema(uri: string, schema: JsonObject) {
  if (!uri.startsWith('data:application/schema+json,')) {
    throw new Fault(
      'BAD_INPUT',
      'The schema of an answer refers to another document, which is not supported. Include that document in the schema.',
    );
  }
  const bytes = Buffer.from(JSON.stringify(schema));
  return {
    uri,
    mediaType: 'application/schema+json',
    size: bytes.length,
    async *stream() {
      yield bytes;
    },
    bytes: async () => bytes,
    text: async () => bytes.toString(),
    cancel: async () => {},
  };
}
