import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { type AnyCommand, isComposite } from '../../../commands/definition/define-command.ts';
import type { WorkflowRecord } from '../../../core/workflows/workflows.ts';
import type { AnyTool } from '../../../tools/define-tool.ts';
import { inputSchema } from './input-schema.ts';
import { listedWorkflowName } from './tool-names.ts';

/** @param name as it is listed, here and below */
export function describeCommand(command: AnyCommand, name: string): Tool {
  const { title, description, options } = command;
  const pure = !isComposite(command) && command.effect === 'pure';
  return {
    ...{ name, title, description },
    // As the options are checked: nothing else passes.
    inputSchema: inputSchema({ ...options, additionalProperties: false }),
    annotations: { readOnlyHint: pure, ...(pure && { idempotentHint: true }) },
  };
}

/** @param schemaOfOutput false where a call may first have to be approved: then it has no output yet */
export function describeTool(tool: AnyTool, name: string, schemaOfOutput: boolean): Tool {
  const { title, description, effect, idempotent, input, output } = tool;
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
    name: listedWorkflowName(name),
    title: name,
    description: description ?? `Runs the saved workflow ${name}, version ${version}, to its end.`,
    inputSchema: inputSchema(inputs),
    annotations: { readOnlyHint: false },
  };
}
