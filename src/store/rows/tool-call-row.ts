import type { ToolCallPatch } from '../../core/projection.ts';
import type { Failure, ToolCallRecord } from '../../core/run.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** What the result of a call sets in its row of `tool_calls`: all fields, including null. */
export interface ToolCallChange {
  readonly result: string | null;
  readonly error: string | null;
  readonly durationMs: number | null;
}

/** A row of `tool_calls`, as it is written. When it is read, times may be Dates. */
export interface ToolCallRow<Time = number> extends ToolCallChange {
  readonly id: string;
  readonly tenant: string;
  readonly runId: string;
  readonly step: string;
  readonly tool: string;
  readonly arguments: string;
  readonly seq: number;
  readonly calledAt: Time;
}

export function toToolCallChange({ result, error, durationMs }: ToolCallPatch): ToolCallChange {
  return {
    result: result === undefined ? null : JSON.stringify(result),
    error: error ? JSON.stringify(error) : null,
    durationMs: durationMs ?? null,
  };
}

export function toToolCallRow(call: ToolCallRecord, tenant: string): ToolCallRow {
  return {
    ...toToolCallChange(call),
    id: call.id,
    tenant,
    runId: call.runId,
    step: call.step,
    tool: call.tool,
    arguments: JSON.stringify(call.arguments),
    seq: call.seq,
    calledAt: call.calledAt.getTime(),
  };
}

export function toToolCallRecord(row: ToolCallRow<Date | number>): ToolCallRecord {
  return {
    id: row.id,
    runId: row.runId,
    step: row.step,
    tool: row.tool,
    arguments: JSON.parse(row.arguments) as JsonObject,
    ...(row.result !== null && { result: JSON.parse(row.result) as Json }),
    ...(row.error !== null && { error: JSON.parse(row.error) as Failure }),
    seq: row.seq,
    calledAt: new Date(row.calledAt),
    ...(row.durationMs !== null && { durationMs: row.durationMs }),
  };
}
