import { activeTraceId } from '../core/tracing.ts';
import type { Context } from './context.ts';

/** The trace that a run begun here belongs to: the span's under way, or the one that the request named. */
export function traceOf(ctx: Context): { readonly traceId?: string } {
  const traceId = activeTraceId() ?? ctx.traceId;
  return traceId === undefined ? {} : { traceId };
}
