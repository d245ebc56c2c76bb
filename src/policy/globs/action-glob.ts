import { Fault } from '../../core/errors.ts';
import { matchStars } from './wildcard.ts';

/** Actions other than capabilities, secrets and workflows, whose names only the running server knows. */
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
  'mutation:cancelRun',
  'mutation:retryStep',
  'mutation:rerunFrom',
  'mutation:decideApproval',
  'mutation:sendSignal',
  'mutation:saveWorkflow',
  'mutation:deleteWorkflow',
  'mutation:runAgent',
  'mutation:beginDriveConnection',
  'mutation:finishDriveConnection',
  'mutation:disconnectDrive',
] as const;

const ACTION_FAMILIES = 'command|query|tool|agent|secret|memory|workflow|step|mutation';
const ACTION_PATTERN = new RegExp(`^(?:\\*|exec|(?:${ACTION_FAMILIES}):[A-Za-z0-9_.*-]{1,128})$`);

/**
 * Checks a rule's action: `command:NAME`, `query:NAME`, `tool:NAME`, `agent:BACKEND`, `secret:NAME`, `memory:read`,
 * `memory:append`, `workflow:NAME`, `step:KIND`, `mutation:NAME`, `exec`, or `*` for all. What follows the colon may
 * hold `*`.
 * @param names what can be asked about; a name without `*` must be one of them, or the engine's own. Workflows come and
 *   go while the policy stands, and tools are not only this server's, so any name of one will do.
 * @throws Fault BAD_INPUT
 */
export function parseAction(text: string, names?: readonly string[]): string {
  if (!ACTION_PATTERN.test(text)) {
    throw new Fault(
      'BAD_INPUT',
      `"${text}" is not an action: write command:NAME, query:NAME, tool:NAME, agent:BACKEND, secret:NAME, memory:read, memory:append, workflow:NAME, step:KIND, mutation:NAME (what follows the colon may hold *), exec, or * for all.`,
    );
  }
  if (!names || text.includes('*') || text.startsWith('workflow:') || isForeignTool(text, names)) return text;
  const all: readonly string[] = [...names, ...ENGINE_ACTIONS];
  if (all.includes(text)) return text;
  throw new Fault('BAD_INPUT', `There is no action "${text}". Known are ${all.join(', ')}.`);
}

/**
 * A tool of an MCP server, which nobody knows before that server is asked. A name that begins as one of this server's
 * does, such as `tool:repo.git.psuh`, is taken for a misspelt one.
 */
function isForeignTool(text: string, names: readonly string[]): boolean {
  const [family = ''] = text.split('.');
  return text.startsWith('tool:') && !names.some((action) => action === family || action.startsWith(`${family}.`));
}

/** A star stands for any run of characters of the name; only `*` alone crosses the colon. */
export function matchAction(glob: string, action: string): boolean {
  if (glob === '*' || glob === action) return true;
  const colon = glob.indexOf(':') + 1;
  return glob.includes('*') && action.startsWith(glob.slice(0, colon)) && matchStars(glob, action);
}
