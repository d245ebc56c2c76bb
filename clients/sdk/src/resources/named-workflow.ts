import type { StartRunInput } from '../generated/graphql.ts';
import type { CallOptions } from '../transport/transport.ts';
import type { Run, Runs } from './runs.ts';
import type { WaitOptions } from './wait-for-run.ts';

/** Inputs and outputs of saved workflows by name. `signalbox types` writes a declaration that adds them. */
// biome-ignore lint/suspicious/noEmptyInterface: programs add to it
export interface WorkflowTypes {}

export interface StartOptions extends CallOptions, Pick<StartRunInput, 'labels' | 'priority' | 'idempotencyKey'> {}

/** A saved workflow. */
export interface NamedWorkflow<In, Out> {
  /** Starts it, once. @throws SignalboxError also when it is refused */
  start(inputs: In, options?: StartOptions): Promise<Run>;
  /** Starts it, and returns its outputs when it has ended. @throws RunFailed */
  run(inputs: In, options?: StartOptions & WaitOptions): Promise<Out>;
}

type Inputs<Types> = Types extends { readonly inputs: infer In } ? In : unknown;
type Outputs<Types> = Types extends { readonly outputs: infer Out } ? Out : unknown;

/** The saved workflow of a name. Its types are those of `WorkflowTypes`, or are passed. */
export interface WorkflowOf {
  <Name extends keyof WorkflowTypes>(
    name: Name,
  ): NamedWorkflow<Inputs<WorkflowTypes[Name]>, Outputs<WorkflowTypes[Name]>>;
  <In = unknown, Out = unknown>(name: string): NamedWorkflow<In, Out>;
}

export function createWorkflowOf(runs: Runs): WorkflowOf {
  return <In, Out>(name: string): NamedWorkflow<In, Out> => {
    const start = (inputs: In, { signal, ...rest }: StartOptions & WaitOptions = {}) => {
      const { timeoutMs: _, ...input } = rest;
      return runs.start({ ...input, source: { name }, inputs }, { signal });
    };
    return {
      start,
      async run(inputs, options = {}) {
        const { id } = await start(inputs, options);
        return runs.result<Out>(id, options);
      },
    };
  };
}
