import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import { isJsonObject, type Json } from '../lib/json.ts';
import { execUri, findProgram } from '../resources/uri/exec-uri.ts';
import { runShell, type ShellDeps, WORKSPACE } from './bash/run-shell.ts';
import { compileTemplate } from './bash/shell-template.ts';
import { type AgentTask, defineBackend } from './define-backend.ts';

/** Linux takes 128 KiB for one variable with its name (MAX_ARG_STRLEN). */
const MAX_VARIABLE_BYTES = 120_000;
/** Of all of them: Linux takes a quarter of the stack for them and the arguments. */
const MAX_ENVIRONMENT_BYTES = 1_000_000;

const AGENT_FIELDS = ['role', 'goal', 'context', 'memory'] as const;

/**
 * What a script finds in its environment: `SIGNALBOX_ROLE`, `_GOAL`, `_CONTEXT` and `_MEMORY`, and the variables of its
 * placeholders. What is too large for a variable is left out where no placeholder names it: it is in standard input.
 * @param left told the names of those that were left out
 * @throws Fault BAD_INPUT for a placeholder that stands for nothing, RESOURCE_TOO_LARGE
 */
export function bashEnvironment(
  agent: AgentTask,
  variables: ReadonlyMap<string, string>,
  left: (names: readonly string[]) => void,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, path] of variables) {
    const value = asText(valueAtPath(agent, path));
    if (!fitsVariable(value)) throw new Fault('RESOURCE_TOO_LARGE', `{{ ${path} }} ${TOO_LARGE_ADVICE}`);
    env[name] = value;
  }
  if (environmentBytes(env) > MAX_ENVIRONMENT_BYTES)
    throw new Fault('RESOURCE_TOO_LARGE', `All placeholders together: what they stand for ${TOO_LARGE_ADVICE}`);
  const missing: string[] = [];
  for (const name of AGENT_FIELDS) {
    const [variable, value] = [`SIGNALBOX_${name.toUpperCase()}`, asText(agent[name])];
    if (fitsVariable(value) && environmentBytes(env) + value.length * 3 <= MAX_ENVIRONMENT_BYTES) env[variable] = value;
    else missing.push(variable);
  }
  if (missing.length > 0) left(missing);
  return env;
}

const TOO_LARGE_ADVICE = 'is too large for a variable, or holds a zero byte. Read it from standard input, as JSON.';

function valueAtPath(agent: AgentTask, path: string): Json {
  const [first = '', ...rest] = path.split('.');
  const start = AGENT_FIELDS.find((name) => name === first);
  let value: Json | undefined = start && agent[start];
  for (const name of rest) {
    const inside: Json | undefined = isJsonObject(value) || Array.isArray(value) ? value : undefined;
    value = inside && Object.hasOwn(inside, name) ? (inside as { readonly [key: string]: Json })[name] : undefined;
  }
  if (value !== undefined) return value;
  throw new Fault(
    'BAD_INPUT',
    `{{ ${path} }} stands for nothing here. There are role, goal, memory, context, and what the context holds, as in {{ context.NAME }}.`,
  );
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function fitsVariable(value: string): boolean {
  return Buffer.byteLength(value) <= MAX_VARIABLE_BYTES && !value.includes('\0');
}

function environmentBytes(env: Readonly<Record<string, string>>): number {
  return Object.entries(env).reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value) + 2, 0);
}

const DEFAULT_SHELL = '/bin/bash';
/** Of the end of what it wrote, in a message. */
const MAX_TAIL_CHARS = 2_000;

const Config = Type.Object(
  {
    commandTemplate: Type.Optional(
      Type.String({
        maxLength: 100_000,
        description:
          'The shell text. {{ role }}, {{ goal }}, {{ memory }}, {{ context }} and {{ context.NAME }} stand for variables, ' +
          'each one word whatever it holds; the same is in SIGNALBOX_ROLE, SIGNALBOX_GOAL, SIGNALBOX_MEMORY and ' +
          'SIGNALBOX_CONTEXT, and as one JSON object on standard input.',
      }),
    ),
    shell: Type.Optional(
      Type.String({ description: 'The shell, which is called with -c and the text. /bin/bash unless told.' }),
    ),
    workingDir: Type.Optional(
      Type.String({ maxLength: 1_000, description: 'Folder of the workspace to begin in; it must be there.' }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 86_400_000,
        description: 'How long it may take, within the time of the step.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** An agent that is a shell command, in the sandbox, with the workspace of the run at /workspace. */
export const bashCli = (deps: ShellDeps) =>
  defineBackend({
    name: 'bash_cli',
    description:
      'Runs a shell command in the sandbox, without a network, with the folder of the run at /workspace. Its standard output is ' +
      'streamed, its standard error is logged; a code other than 0 fails the step.',
    config: Config,
    resumes: false,
    requiredAccess({ commandTemplate, shell = DEFAULT_SHELL }) {
      requireTemplate(commandTemplate);
      return [
        { action: 'exec', uri: execUri(shell) },
        { action: 'agent:bash_cli', uri: execUri(shell) },
      ];
    },
    async run(agent, work) {
      const { commandTemplate, shell = DEFAULT_SHELL, workingDir, timeoutMs } = agent.config;
      const { text, variables } = compileTemplate(requireTemplate(commandTemplate));
      const env = bashEnvironment(agent, variables, (names) =>
        work.log('WARN', `${names.join(', ')}: too large for a variable; standard input has it.`),
      );
      const { role, goal, context, memory } = agent;
      const call = { shell: findProgram(shell), text, env, stdin: JSON.stringify({ role, goal, context, memory }) };
      const cwd = sandboxFolderOf(workingDir);
      const outcome = await runShell({ ...call, cwd, ...(timeoutMs !== undefined && { timeoutMs }) }, deps, work);
      const { stdout, stderr, code } = outcome;
      const output = { stdout, stderr, return_code: code };
      if (code === 0) return { mediaType: 'application/json', content: JSON.stringify(output) };
      const why = (stderr.trim() || stdout.trim()).slice(-MAX_TAIL_CHARS);
      throw new Fault('BAD_INPUT', `The command ended with code ${code}${why && `: ${why}`}`, {
        details: { return_code: code, stdout: stdout.slice(-MAX_TAIL_CHARS), stderr: stderr.slice(-MAX_TAIL_CHARS) },
      });
    },
  });

function requireTemplate(template: string | undefined): string {
  if (template?.trim()) return template;
  throw new Fault('BAD_INPUT', 'An agent on bash_cli needs a commandTemplate. A goal is not run as a command.');
}

/** Inside the sandbox. @throws Fault BAD_INPUT for one outside of the workspace */
function sandboxFolderOf(workingDir = '.'): string {
  const parts = workingDir.split('/').filter((part) => part !== '' && part !== '.');
  if (workingDir.startsWith('/') && parts[0] === 'work') parts.shift();
  else if (workingDir.startsWith('/')) throw outsideWorkspaceFault(workingDir);
  if (parts.includes('..') || workingDir.includes('\0')) throw outsideWorkspaceFault(workingDir);
  return [WORKSPACE, ...parts].join('/');
}

function outsideWorkspaceFault(workingDir: string): Fault {
  return new Fault('BAD_INPUT', `workingDir is a folder of the workspace, such as src; ${workingDir} is not.`);
}
