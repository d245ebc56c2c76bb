import type { JsonObject } from '../../lib/json.ts';
import { escapeTemplates } from '../expressions/template.ts';
import { escapeAgent } from '../inputs/agent-input.ts';
import type { DocumentPath } from '../model/problems.ts';
import { type NativeForm, outputExpression } from './native-form.ts';

const STEP = 'agent';
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** True for a document that is one agent: with `role`, `goal` or `backend` at its top, where no other form has them. */
export function isAgentFile(document: JsonObject): boolean {
  const isOther = ['steps', 'nodes', 'meta', 'command', 'query'].some((key) => key in document);
  return !isOther && ['role', 'goal', 'backend'].some((key) => key in document);
}

/**
 * Converts an agent file to the native form: one step, whose context is `context`. Its strings are literal. It is called
 * by its `id` if that is a valid name.
 */
export function fromAgent({ context, ...agent }: JsonObject): NativeForm {
  const given = context !== undefined && context !== null && { input: escapeTemplates(context) };
  const step = { id: STEP, kind: 'agent', agent: escapeAgent(agent), ...given };
  const origins = new Map<string, DocumentPath>([
    ['steps[0]', []],
    ['steps[0].agent', []],
    ['steps[0].input', ['context']],
    ...Object.keys(agent).map((key): [string, DocumentPath] => [`steps[0].agent.${key}`, [key]]),
  ]);
  const name = typeof agent.id === 'string' && NAME.test(agent.id) ? agent.id : STEP;
  return { document: { name, steps: [step], outputs: { output: outputExpression(STEP) } }, origins };
}
