import { Fault } from '../../../../core/errors.ts';
import type { Failure as Why } from '../../../../core/run.ts';
import type { Json, JsonObject } from '../../../../lib/json.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { Failure } from '../errors/errors.ts';

/** A call as its step has it, or as one event tells of it. */
export interface ToolCallView {
  readonly id: string;
  readonly runId: string;
  readonly tool: string;
  /** Absent in the event that tells of its end. */
  readonly arguments?: JsonObject;
  readonly result?: Json;
  readonly error?: Why;
  readonly durationMs?: number;
}

export const ToolCall = builder.objectRef<ToolCallView>('ToolCall').implement({
  description: 'A tool that a step called.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Of this call: `call_…`.' }),
    tool: t.exposeString('tool', {
      description: 'Name of the tool, of this server or of the MCP server that was asked.',
    }),
    arguments: t.field({
      type: 'JSON',
      description: 'What it was called with.',
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
        'What it gave; where that is large, the artifact that it is kept as. Null while it is at work, and when it failed.',
      resolve: ({ result }) => result ?? null,
    }),
    error: t.field({
      type: Failure,
      nullable: true,
      description: 'Why it gave nothing. Null otherwise.',
      resolve: ({ error }) => error ?? null,
    }),
    durationMs: t.float({
      nullable: true,
      description: 'Milliseconds that it took. Null while it is at work.',
      resolve: ({ durationMs }) => durationMs ?? null,
    }),
  }),
});
