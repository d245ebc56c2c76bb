import { Fault } from '../../../../core/errors.ts';
import type { Failure as Why } from '../../../../core/run.ts';
import type { Json, JsonObject } from '../../../../lib/json.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { Failure } from '../errors/errors.ts';

/** A tool call of a step, or of one event. */
export interface ToolCallView {
  readonly id: string;
  readonly runId: string;
  readonly tool: string;
  /** Absent in the event of its end. */
  readonly arguments?: JsonObject;
  readonly result?: Json;
  readonly error?: Why;
  readonly durationMs?: number;
}

export const ToolCall = builder.objectRef<ToolCallView>('ToolCall').implement({
  description: 'A tool call of a step.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'ID of the call: `call_…`.' }),
    tool: t.exposeString('tool', {
      description: 'Name of the tool, on this server or on an MCP server.',
    }),
    arguments: t.field({
      type: 'JSON',
      description: 'Arguments of the call.',
      resolve: async ({ id, runId, arguments: given }, _args, ctx) => {
        const call = given ? { arguments: given } : await ctx.app.reader.toolCall(callerScope(ctx), runId, id);
        if (!call) throw new Fault('NOT_FOUND', `There is no call ${id} that you may see.`);
        return call.arguments;
      },
    }),
    result: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'Result; when it is large, the artifact that contains it. Null while the call is running, and when it failed.',
      resolve: ({ result }) => result ?? null,
    }),
    error: t.field({
      type: Failure,
      nullable: true,
      description: 'Why it failed. Null unless it failed.',
      resolve: ({ error }) => error ?? null,
    }),
    durationMs: t.float({
      nullable: true,
      description: 'Duration in milliseconds. Null while it is running.',
      resolve: ({ durationMs }) => durationMs ?? null,
    }),
  }),
});
