import {
  DeleteWorkflowDocument,
  SaveWorkflowDocument,
  ValidateWorkflowDocument,
  type ValidateWorkflowQuery,
  WorkflowDocument,
  type WorkflowPartsFragment,
  type WorkflowQuery,
  type WorkflowSource,
  WorkflowsDocument,
  WorkflowVersionsDocument,
} from '../generated/graphql.ts';
import { SignalboxError, unwrap } from '../transport/signalbox-error.ts';
import type { CallOptions } from '../transport/transport.ts';
import type { CallContext } from './call-context.ts';
import { type List, type ListOptions, listOf } from './lists.ts';

export type WorkflowSummary = WorkflowPartsFragment;
/** A workflow with its text in YAML. */
export type Workflow = NonNullable<WorkflowQuery['workflow']>;
export type WorkflowValidation = ValidateWorkflowQuery['validateWorkflow'];

/** Every method throws SignalboxError, also for a refusal. */
export interface Workflows {
  list(options?: ListOptions): List<WorkflowSummary>;
  /** @throws SignalboxError NOT_FOUND */
  get(name: string, options?: CallOptions & { readonly version?: number }): Promise<Workflow>;
  /** Saves a document in YAML as a new version. @throws SignalboxError CONFLICT unless the newest version is `ifVersion` */
  save(yaml: string, options?: CallOptions & { readonly ifVersion?: number }): Promise<WorkflowSummary>;
  /** What is wrong with a document, and what the policy would say. */
  validate(source: WorkflowSource, options?: CallOptions & { readonly inputs?: unknown }): Promise<WorkflowValidation>;
  delete(name: string, options?: CallOptions): Promise<WorkflowSummary>;
  /** Newest first. */
  versions(name: string, options?: ListOptions): List<WorkflowSummary>;
}

export function createWorkflows(ctx: CallContext): Workflows {
  const notFound = (name: string) =>
    new SignalboxError('NOT_FOUND', `There is no saved workflow ${name} in this version, or you may not see it.`);
  return {
    list: ({ first, after: begin, signal } = {}) =>
      listOf(begin, async (after) => (await ctx.request(WorkflowsDocument, { first, after }, { signal })).workflows),
    async get(name, { version, ...options } = {}) {
      const { workflow } = await ctx.request(WorkflowDocument, { name, version }, options);
      if (!workflow) throw notFound(name);
      return workflow;
    },
    async save(yaml, { ifVersion, ...options } = {}) {
      const input = { source: { yaml }, ifVersion };
      return unwrap((await ctx.request(SaveWorkflowDocument, { input }, options)).saveWorkflow);
    },
    async validate(source, { inputs, ...options } = {}) {
      return (await ctx.request(ValidateWorkflowDocument, { source, inputs }, options)).validateWorkflow;
    },
    async delete(name, options) {
      return unwrap((await ctx.request(DeleteWorkflowDocument, { input: { name } }, options)).deleteWorkflow);
    },
    versions: (name, { first, after: begin, signal } = {}) =>
      listOf(begin, async (after) => {
        const { workflow } = await ctx.request(WorkflowVersionsDocument, { name, first, after }, { signal });
        if (!workflow) throw notFound(name);
        return workflow.versions;
      }),
  };
}
