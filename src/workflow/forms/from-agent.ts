import type { JsonObject } from '../../lib/json.ts';
import { escapeTemplates } from '../expressions/template.ts';
import { escapeAgent } from '../inputs/agent-input.ts';
import type { DocumentPath } from '../model/problems.ts';
import { type NativeForm, outputExpression } from './native-form.ts';

const STEP = 'agent';

/** True for a document that is one agent: `role`, `goal` and `backend` at its top. */
export function isAgentFile(document: JsonObject): boolean {
  return 'role' in document && 'goal' in document && !('steps' in document) && !('nodes' in document);
}

/** Converts an agent file to the native form: one step, whose context is `context`. Its strings are literal. */
export function fromAgent({ context, ...agent }: JsonObject): NativeForm {
  const given = context !== undefined && context !== null && { input: escapeTemplates(context) };
  const step = { id: STEP, kind: 'agent', agent: escapeAgent(agent), ...given };
  const origins = new Map<string, DocumentPath>([
    ['steps[0]', []],
    ['steps[0].input', ['context']],
    ...Object.keys(agent).map((key): [string, DocumentPath] => [`steps[0].agent.${key}`, [key]]),
  ]);
  return { document: { name: 'agent', steps: [step], outputs: { output: outputExpression(STEP) } }, origins };
}
