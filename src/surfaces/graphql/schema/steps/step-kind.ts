import type { BuiltInKind } from '../../../../core/run.ts';
import type { AnyStepKind } from '../../../../step-kinds/define-step-kind.ts';
import { builder } from '../builder/builder.ts';

/** The kinds of every server; `with-plugin-types.ts` adds those of plugins. */
export const STEP_KIND_VALUES = {
  COMMAND: { description: 'Runs a command: options in, resource out.' },
  QUERY: { description: 'Reads; changes nothing.' },
  AGENT: { description: 'Runs an agent; its output is that of the agent.' },
  TOOL: { description: 'Calls one tool.' },
  TRANSFORM: { description: 'Computes a value from others, by an expression.' },
  APPROVAL: { description: 'Waits for a person to decide.' },
  SLEEP: { description: 'Waits for a duration, or until a point in time.' },
  SIGNAL: { description: 'Waits for a signal to the run; its output is the payload of the signal.' },
  WORKFLOW: { description: 'Runs a saved workflow as a separate run; its output is that of the run.' },
  PLAN: { description: 'Plans a service: its entity, endpoints, files and tests.' },
  RESEARCH: { description: 'Searches the web and the drive, and collects the results.' },
  CODEGEN: {
    description: 'Writes the files of a plan, from the templates of a stack and optionally with a language model.',
  },
  EVAL: { description: 'Checks files with linters, compilers and their tests.' },
  REPO: { description: 'Commits files to a git repository in the folder of the run.' },
  NOTIFY: { description: 'Notifies people.' },
  JOB: { description: 'Sends a job to a worker on the bus; its output is the result of the job.' },
  HTTP: { description: 'Sends an HTTP request; its output is the response.' },
} satisfies Record<BuiltInKind, object>;

const REMOVED_KIND = 'OTHER';

/** The kind of a recorded step, which may be of a plugin that is gone. */
export function shownKind(kind: string, kinds: readonly AnyStepKind[]): string {
  return kind in STEP_KIND_VALUES || kinds.some((one) => one.kind === kind) ? kind : REMOVED_KIND;
}

export const StepKind = builder.enumType('StepKind', {
  description: 'Kind of a step.',
  values: {
    ...STEP_KIND_VALUES,
    [REMOVED_KIND]: { description: 'A kind of a plugin that this server no longer has.' },
  } as Readonly<Record<string, { readonly description: string }>>,
});
