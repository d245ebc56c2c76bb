import { context, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { Config } from '../config/config.ts';
import type { Logger } from '../core/telemetry.ts';

export interface Tracing {
  /** Exports pending spans, for at most `timeoutMs`; the rest is dropped. Never rejects. */
  shutdown(timeoutMs: number): Promise<void>;
}

/**
 * Exports spans to the OTLP/HTTP collector and propagates W3C trace context. Without an endpoint, nothing is loaded and
 * spans cost almost nothing.
 */
export async function startTracing(
  config: Config['telemetry'],
  deps: { readonly version: string; readonly logger: Logger },
): Promise<Tracing> {
  if (config.otlpEndpoint === undefined) return { shutdown: async () => {} };
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, resources, hooks, core] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/core'),
  ]);
  diag.setLogger(diagnosticLogger(deps.logger), DiagLogLevel.WARN);
  const exporter = new OTLPTraceExporter({ url: `${config.otlpEndpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: describeService(resources, deps.version),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new core.W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);

  return {
    async shutdown(timeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          deps.logger.warn('tracing.flush_timeout', { timeoutMs });
          resolve();
        }, timeoutMs);
      });
      const flushed = provider
        .shutdown()
        .catch((error: unknown) => deps.logger.warn('tracing.flush_failed', { error }));
      await Promise.race([flushed, timeout]);
      clearTimeout(timer);
      trace.disable();
      propagation.disable();
      context.disable();
      diag.disable();
    },
  };
}

/** The resource of all spans. OTEL_SERVICE_NAME wins over OTEL_RESOURCE_ATTRIBUTES, which win over the defaults. */
function describeService(resources: typeof import('@opentelemetry/resources'), version: string): Resource {
  const { defaultResource, detectResources, resourceFromAttributes } = resources;
  const { resourceAttributesEnvDetector, serviceInstanceIdDetector, serviceNameEnvDetector } = resources;
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'signalbox', 'service.version': version }))
    .merge(detectResources({ detectors: [serviceInstanceIdDetector] }))
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector] }))
    .merge(detectResources({ detectors: [serviceNameEnvDetector] }));
}

/** Diagnostics of OpenTelemetry, such as a collector that does not respond. */
function diagnosticLogger(logger: Logger) {
  const drop = () => {};
  return {
    error: (message: string, ...details: unknown[]) => logger.error('tracing.error', { message, details }),
    warn: (message: string, ...details: unknown[]) => logger.warn('tracing.warning', { message, details }),
    info: drop,
    debug: drop,
    verbose: drop,
  };
}
