import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import { isJsonObject, type Json } from '../lib/json.ts';
import { execUri, findProgram } from '../resources/uri/exec-uri.ts';
import { runShell, type ShellCall, type ShellDeps } from './bash/run-shell.ts';
import { compileTemplate } from './bash/shell-template.ts';
import { type AgentTask, defineBackend } from './define-backend.ts';
import { WORKSPACE } from './shared/sandbox-environment.ts';

/** Linux accepts 128 KiB for one variable including its name (MAX_ARG_STRLEN). */
const MAX_VARIABLE_BYTES = 120_000;
/** Of all variables: Linux accepts a quarter of the stack for them and the arguments. */
const MAX_ENVIRONMENT_BYTES = 1_000_000;

const AGENT_FIELDS = ['role', 'goal', 'context', 'memory'] as const;

/**
 * Environment of a script: `SIGNALBOX_ROLE`, `_GOAL`, `_CONTEXT` and `_MEMORY`, and the variables of its placeholders.
 * A value that is too large for a variable and that no placeholder names is omitted: it is on standard input.
 * @param onOmitted called with the names of omitted variables
 * @throws Fault BAD_INPUT for a placeholder without a value, RESOURCE_TOO_LARGE
 */
function bashEnvironment(
  agent: AgentTask,
  variables: ReadonlyMap<string, string>,
  onOmitted: (names: readonly string[]) => void,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, path] of variables) {
    const value = asText(valueAtPath(agent, path));
    if (!fitsVariable(value)) throw new Fault('RESOURCE_TOO_LARGE', `The value of {{ ${path} }} ${TOO_LARGE_ADVICE}`);
    env[name] = value;
  }
  if (environmentBytes(env) > MAX_ENVIRONMENT_BYTES)
    throw new Fault(
      'RESOURCE_TOO_LARGE',
      'The values of all placeholders together are too large for the environment. Read them from standard input, as JSON.',
    );
  const omitted: string[] = [];
  for (const name of AGENT_FIELDS) {
    const [variable, value] = [`SIGNALBOX_${name.toUpperCase()}`, asText(agent[name])];
    if (fitsVariable(value) && environmentBytes(env) + value.length * 3 <= MAX_ENVIRONMENT_BYTES) env[variable] = value;
    else omitted.push(variable);
  }
  if (omitted.length > 0) onOmitted(omitted);
  return env;
}

const TOO_LARGE_ADVICE =
  'is too large for a variable, or contains a null character. Read it from standard input, as JSON.';

function valueAtPath(agent: AgentTask, path: string): Json {
  const [first = '', ...rest] = path.split('.');
  const start = AGENT_FIELDS.find((name) => name === first);
  let value: Json | undefined = start && agent[start];
  for (const name of rest) {
    const container: Json | undefined = isJsonObject(value) || Array.isArray(value) ? value : undefined;
    value =
      container && Object.hasOwn(container, name) ? (container as { readonly [key: string]: Json })[name] : undefined;
  }
  if (value !== undefined) return value;
  throw new Fault(
    'BAD_INPUT',
    `{{ ${path} }} has no value. Use role, goal, memory, context, or a property of the context, such as {{ context.NAME }}.`,
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
/** How much of the end of the output an error message contains. */
const MAX_TAIL_CHARS = 2_000;

export const BashCliConfig = Type.Object(
  {
    commandTemplate: Type.Optional(
      Type.String({
        maxLength: 100_000,
        description:
          'Shell script; required. {{ role }}, {{ goal }}, {{ memory }}, {{ context }} and {{ context.NAME }} are replaced by ' +
          'references to variables, each one word whatever it contains. The same values are in SIGNALBOX_ROLE, ' +
          'SIGNALBOX_GOAL, SIGNALBOX_MEMORY and SIGNALBOX_CONTEXT, and as one JSON object on standard input.',
      }),
    ),
    shell: Type.Optional(
      Type.String({
        default: DEFAULT_SHELL,
        description: 'Absolute path of the shell, which is called with -c and the script. Default /bin/bash.',
      }),
    ),
    workingDir: Type.Optional(
      Type.String({
        maxLength: 1_000,
        description:
          'Folder of the workspace in which the script starts, such as src or /workspace/src; it must exist. Default /workspace.',
      }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 86_400_000,
        description: 'Time limit in milliseconds, within the time limit of the step.',
      }),
    ),
  },
  {
    title: 'BashBackendInput',
    description: 'A shell script that runs in the sandbox, in the folder of its run.',
    additionalProperties: false,
  },
);

/** An agent that is a shell script, in the sandbox, with the workspace of the run at /workspace. */
export const bashCli = (deps: ShellDeps) =>
  defineBackend({
    name: 'bash_cli',
    description:
      'Runs a shell script in the sandbox, without a network, with the folder of the run at /workspace. Its standard output ' +
      'is streamed, its standard error is logged. An exit code other than 0 fails the step.',
    config: BashCliConfig,
    resumes: false,
    requiredAccess({ commandTemplate, shell = DEFAULT_SHELL }) {
      requireTemplate(commandTemplate);
      return [
        { action: 'exec', uri: execUri(shell) },
        { action: 'agent:bash_cli', uri: execUri(shell) },
      ];
    },
    async run(agent, session) {
      const { commandTemplate, shell = DEFAULT_SHELL, workingDir, timeoutMs } = agent.config;
      const { text, variables } = compileTemplate(requireTemplate(commandTemplate));
      const env = bashEnvironment(agent, variables, (names) =>
        session.log('WARN', `${names.join(', ')}: too large for a variable; read the value from standard input.`),
      );
      const { role, goal, context, memory, outputSchema } = agent;
      const call: ShellCall = {
        shell: findProgram(shell),
        text,
        env,
        stdin: JSON.stringify({ role, goal, context, memory, output_schema: outputSchema }),
        cwd: sandboxFolderOf(workingDir),
        ...(timeoutMs !== undefined && { timeoutMs }),
      };
      const { stdout, stderr, code } = await runShell(call, deps, session);
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
  throw new Fault(
    'BAD_INPUT',
    'The backend bash_cli needs a commandTemplate: a goal is never run as a command. Write the script there.',
  );
}

/** The folder inside the sandbox. @throws Fault BAD_INPUT for a folder outside the workspace */
function sandboxFolderOf(workingDir = '.'): string {
  const parts = workingDir.split('/').filter((part) => part !== '' && part !== '.');
  if (workingDir.startsWith('/') && `/${parts.shift()}` !== WORKSPACE) throw outsideWorkspaceFault(workingDir);
  if (parts.includes('..') || workingDir.includes('\0')) throw outsideWorkspaceFault(workingDir);
  return [WORKSPACE, ...parts].join('/');
}

function outsideWorkspaceFault(workingDir: string): Fault {
  return new Fault(
    'BAD_INPUT',
    `workingDir must be a folder of the workspace, such as src or ${WORKSPACE}/src; received ${workingDir}.`,
  );
}
