import type { Config } from './config.ts';
import { readWebUrl } from './read-network.ts';
import { readSecret } from './secrets.ts';
import type { EnvironmentReader } from './variables.ts';

const MAX_TOKENS = 1_000_000_000_000;
const DAY_MS = 86_400_000;

/** Time limit of agents, the language model, and the token limits. */
export function readAgents(read: EnvironmentReader): Config['agents'] {
  const apiBase = readWebUrl(read, 'LLM_API_BASE');
  const model = read.text('LLM_MODEL');
  const apiKey = readSecret(read, 'LLM_API_KEY', 1);
  if ((apiBase === undefined) !== (model === undefined)) {
    read.addProblem('LLM_MODEL', 'set LLM_API_BASE and LLM_MODEL together, or neither');
  }
  if (apiKey && apiBase === undefined) read.addProblem('LLM_API_KEY', 'is for LLM_API_BASE, which is not set');
  return {
    timeoutMs: read.integer('AGENT_TIMEOUT_MS', { min: 1, max: DAY_MS, defaultValue: 600_000 }),
    ...(apiBase !== undefined && model !== undefined && { llm: { apiBase, model, ...(apiKey && { apiKey }) } }),
    tokens: {
      perRun: read.integer('LLM_TOKENS_PER_RUN', { min: 0, max: MAX_TOKENS, defaultValue: 1_000_000 }),
      perPrincipalDay: read.integer('LLM_TOKENS_PER_DAY', { min: 0, max: MAX_TOKENS, defaultValue: 10_000_000 }),
    },
  };
}
