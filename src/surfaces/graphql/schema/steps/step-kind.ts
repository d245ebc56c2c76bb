import type { StepKind as Kind } from '../../../../core/run.ts';
import { builder } from '../builder/builder.ts';

export const STEP_KINDS = {
  COMMAND: { description: 'Runs a command: options in, a resource out.' },
  QUERY: { description: 'Reads, and changes nothing.' },
  AGENT: { description: 'Runs an agent; its output is what the agent gives.' },
  TOOL: { description: 'Calls one tool.' },
  TRANSFORM: { description: 'Makes a value of others, by an expression.' },
  APPROVAL: { description: 'Waits for a person to decide.' },
  SLEEP: { description: 'Waits for a time to pass.' },
  SIGNAL: { description: 'Waits for somebody to send the run a signal; its output is what came with it.' },
  WORKFLOW: { description: 'Runs a saved workflow as a run of its own; its output is what that gives.' },
  PLAN: { description: 'Plans a service: its entity, endpoints, files and tests.' },
  RESEARCH: { description: 'Searches the web and the drive, and collects what was found.' },
  CODEGEN: { description: 'Writes the files of a plan, by the templates of a stack and perhaps a language model.' },
  EVAL: { description: 'Checks files with linters, compilers and their own tests.' },
  REPO: { description: 'Commits files to a git repository in the folder of the run.' },
  NOTIFY: { description: 'Tells people something.' },
} satisfies Record<Kind, object>;

export const StepKind = builder.enumType('StepKind', {
  description: 'What a step does.',
  values: STEP_KINDS,
});
