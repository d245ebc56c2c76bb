import { checkAnswer } from '../../agents/shared/structured-answer.ts';
import { tryParseJson } from '../../agents/shared/try-parse-json.ts';
import type { AgentSession } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import type { StepResult } from '../../core/resource.ts';
import { isJsonObject, type JsonObject } from '../../lib/json.ts';
import { readAll } from './agent-memory.ts';

/** How much of a wrong answer its fault shows. */
const MAX_SHOWN_CHARS = 500;

/**
 * The answer of an agent with an output schema, as JSON: the whole output or, as tools of MCP servers wrap it, its `text`.
 * @throws Fault SCHEMA_VIOLATION with the violations and the beginning of the answer; BAD_INPUT for an invalid schema
 */
export async function structuredOutput(
  output: StepResult,
  schema: JsonObject,
  session: Pick<AgentSession, 'cpu' | 'signal'>,
): Promise<StepResult> {
  const text = Buffer.from(await readAll(output)).toString('utf8');
  const whole = await checkAnswer(text, schema, session);
  if ('json' in whole) return jsonResult(whole.json);
  const wrapped = tryParseJson(text) ?? null;
  if (isJsonObject(wrapped) && typeof wrapped.text === 'string') {
    const inner = await checkAnswer(wrapped.text, schema, session);
    if ('json' in inner) return jsonResult(inner.json);
  }
  const { violations } = whole;
  const [first] = violations;
  const beginning = text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS).toWellFormed()}…` : text;
  const what = `${first?.path || 'it'} ${first?.message}`;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  const message = `The answer of the agent does not fit its output_schema: ${what}${more}. It begins: ${beginning}`;
  throw new Fault('SCHEMA_VIOLATION', message, { violations, details: { answer: beginning } });
}

function jsonResult(content: string): StepResult {
  return { mediaType: 'application/json', content };
}
