import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { type AnyCommand, isComposite } from '../../../commands/definition/define-command.ts';
import type { WorkflowRecord } from '../../../core/workflows.ts';
import type { AnyTool } from '../../../tools/define-tool.ts';
import { inputSchema } from './input-schema.ts';

/** Names of saved workflows, among the names of tools. */
export const WORKFLOW_PREFIX = 'workflow.';

/** What MCP takes as the name of a tool (2025-11-25, "Tool Names"). */
export const TOOL_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

export function describeCommand(command: AnyCommand): Tool {
  const { name, title, description, options } = command;
  const pure = !isComposite(command) && command.effect === 'pure';
  return {
    ...{ name, title, description },
    // As the options are checked: nothing else passes.
    inputSchema: inputSchema({ ...options, additionalProperties: false }),
    annotations: { readOnlyHint: pure, ...(pure && { idempotentHint: true }) },
  };
}

/** @param schemaOfOutput false where a call may first have to be approved: then it has no output yet */
export function describeTool(tool: AnyTool, schemaOfOutput: boolean): Tool {
  const { name, title, description, effect, idempotent, input, output } = tool;
  const pure = effect === 'pure';
  return {
    ...{ name, title, description },
    inputSchema: inputSchema({ ...input, additionalProperties: false }),
    ...(schemaOfOutput && { outputSchema: JSON.parse(JSON.stringify(output)) }),
    annotations: { readOnlyHint: pure, idempotentHint: pure || idempotent === true },
  };
}

export function describeWorkflow({ name, description, inputs, version }: WorkflowRecord): Tool {
  return {
    name: `${WORKFLOW_PREFIX}${name}`,
    title: name,
    description: description ?? `Runs the saved workflow ${name}, version ${version}, to its end.`,
    inputSchema: inputSchema(inputs),
    annotations: { readOnlyHint: false },
  };
}
