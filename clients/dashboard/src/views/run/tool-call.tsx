import type { ReactNode } from 'react';
import { JsonTree } from '../../parts/payload/json-tree.tsx';
import { durationText } from '../../ui/time-text.ts';

export interface CalledTool {
  readonly id: string;
  readonly tool: string;
  readonly arguments: unknown;
  /** Null while it runs, and when it failed. */
  readonly result: unknown;
  readonly error: { readonly message: string } | null;
  readonly durationMs: number | null;
}

/** A call of a tool, folded. */
export function ToolCall({ call, note }: { readonly call: CalledTool; readonly note?: ReactNode }) {
  const { tool, arguments: args, result, error, durationMs } = call;
  return (
    <details>
      <summary>
        <code>{tool}</code> {note ?? (durationMs === null ? 'runs' : durationText(durationMs))}
        {error && <em> {error.message}</em>}
      </summary>
      <h4>Arguments</h4>
      <JsonTree value={args} />
      {result !== null && (
        <>
          <h4>Result</h4>
          <JsonTree value={result} />
        </>
      )}
    </details>
  );
}
