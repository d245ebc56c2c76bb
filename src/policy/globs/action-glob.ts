import { Fault } from '../../core/errors.ts';
import { matchStars } from './wildcard.ts';

/** The fixed actions. The names of capabilities, secrets and workflows are known only to the running server. */
export const ENGINE_ACTIONS = [
  'exec',
  'memory:read',
  'memory:append',
  'step:transform',
  'step:approval',
  'step:sleep',
  'step:signal',
  'step:plan',
  'step:research',
  'step:codegen',
  'step:eval',
  'step:repo',
  'step:notify',
  'step:http',
  'mutation:cancelRun',
  'mutation:retryStep',
  'mutation:rerunFrom',
  'mutation:decideApproval',
  'mutation:sendSignal',
  'override:owner',
  'worker:drain',
  'worker:revoke',
  'account:read',
  'account:write',
  'account:tokens',
  'mutation:createApiToken',
  'mutation:shareView',
  'mutation:saveWorkflow',
  'mutation:deleteWorkflow',
  'mutation:runAgent',
  'mutation:submitJob',
  'mutation:replayDeadLetter',
  'mutation:createWebhook',
  'mutation:deleteWebhook',
  'mutation:enableWebhook',
  'mutation:redeliverWebhook',
  'mutation:deleteMemory',
  'mutation:beginDriveConnection',
  'mutation:finishDriveConnection',
  'mutation:disconnectDrive',
] as const;

const ACTION_FAMILIES = 'command|query|tool|agent|secret|memory|workflow|step|job|mutation|override|worker|account';
const ACTION_PATTERN = new RegExp(`^(?:\\*|exec|(?:${ACTION_FAMILIES}):[A-Za-z0-9_.*-]{1,128})$`);

/**
 * Checks a rule's action: `command:NAME`, `query:NAME`, `tool:NAME`, `agent:BACKEND`, `secret:NAME`, `memory:read`,
 * `memory:append`, `workflow:NAME`, `step:KIND`, `job:TOPIC`, `mutation:NAME`, `override:owner`, `worker:drain`,
 * `worker:revoke`, `account:read`, `account:write`, `account:tokens`, `exec`, or `*` for all. The part after the colon may
 * contain `*`.
 * @param names all actions; one without `*` must be among them, or be fixed. Any name of a workflow and any topic of a job is
 *   accepted, because they come and go at run time, and any of a tool, because MCP servers have more.
 * @throws Fault BAD_INPUT
 */
export function parseAction(text: string, names?: readonly string[]): string {
  if (!ACTION_PATTERN.test(text)) {
    throw new Fault(
      'BAD_INPUT',
      `"${text}" is not an action: write command:NAME, query:NAME, tool:NAME, agent:BACKEND, secret:NAME, memory:read, memory:append, workflow:NAME, step:KIND, job:TOPIC, mutation:NAME, override:owner, worker:drain, worker:revoke, account:read, account:write, account:tokens (the part after the colon may contain *), exec, or * for all.`,
    );
  }
  if (!names || text.includes('*') || /^(?:workflow|job):/.test(text) || isForeignTool(text, names)) return text;
  const all: readonly string[] = [...names, ...ENGINE_ACTIONS];
  if (all.includes(text)) return text;
  throw new Fault('BAD_INPUT', `Unknown action "${text}". Available: ${all.join(', ')}.`);
}

/**
 * A tool of an MCP server, unknown until that server lists it. A name that begins like a tool of this server, such as
 * `tool:repo.git.psuh`, counts as misspelled.
 */
function isForeignTool(text: string, names: readonly string[]): boolean {
  const [family = ''] = text.split('.');
  return text.startsWith('tool:') && !names.some((action) => action === family || action.startsWith(`${family}.`));
}

/** A star matches any characters of the name; only `*` alone also matches the colon. */
export function matchAction(glob: string, action: string): boolean {
  if (glob === '*' || glob === action) return true;
  return glob.includes('*') && action.startsWith(glob.slice(0, glob.indexOf(':') + 1)) && matchStars(glob, action);
}
