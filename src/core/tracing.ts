import {
  type Attributes,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  ProxyTracerProvider,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { Fault } from './errors.ts';

const TRACER_NAME = 'signalbox';

/** A span that records nothing. */
export const NO_SPAN: Span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/** Whether spans are recorded. If not, callers skip spans, because even a no-op span costs a few allocations. */
export function isTracingEnabled(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(TRACER_NAME) !== undefined;
}

/**
 * Does `work` inside a span of the active trace. Costs nothing when tracing is not configured. A fault marks the span
 * with its code but not its message, which may quote input of the caller.
 * @param name has few values (`policy.decide`); variable data goes into the attributes.
 */
export function inSpan<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
  if (!isTracingEnabled()) return work(NO_SPAN);
  return trace.getTracer(TRACER_NAME).startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      const code = error instanceof Fault ? error.code : 'INTERNAL';
      span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      span.setAttribute('error.type', code);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The trace id of the active span: 32 hex digits; undefined without tracing. */
export function activeTraceId(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? span.traceId : undefined;
}
