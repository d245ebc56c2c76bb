import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { context, propagation, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { Fault } from '../core/errors.ts';
import type { LogFields, Logger } from '../core/telemetry.ts';
import { activeTraceId, inSpan } from '../core/tracing.ts';
import { startTracing } from './tracing.ts';

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A minimal OTLP/HTTP collector: JSON in, spans out. Never responds when `silent`. */
async function collector(silent = false) {
  const spans: SentSpan[] = [];
  const paths: string[] = [];
  const resources: Record<string, unknown>[] = [];
  const server = createServer(async (req, res) => {
    paths.push(`${req.method} ${req.url}`);
    const body = JSON.parse(await text(req));
    for (const { resource, scopeSpans } of body.resourceSpans) {
      const names = resource.attributes.map(({ key, value }: SentSpan['attributes'][number]) => [
        key,
        value.stringValue,
      ]);
      resources.push(Object.fromEntries(names));
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    if (!silent) res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return { spans, paths, resources, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function recordingLogger() {
  const lines: { event: string; fields: LogFields | undefined }[] = [];
  const write = (event: string, fields?: LogFields) => void lines.push({ event, fields });
  return { lines, logger: { debug: write, info: write, warn: write, error: write } satisfies Logger };
}

async function start(endpoint: string | undefined) {
  const { lines, logger } = recordingLogger();
  const telemetry = { logLevel: 'info' as const, ...(endpoint !== undefined && { otlpEndpoint: endpoint }) };
  const tracing = await startTracing(telemetry, { version: '1.2.3', logger });
  ends.push(() => tracing.shutdown(1));
  return { tracing, lines };
}

describe('tracing', () => {
  it('sends spans with their parents to the collector, and joins the trace of the caller', async () => {
    const { spans, paths, endpoint } = await collector();
    const { tracing } = await start(`${endpoint}/`);
    const traceId = 'ab'.repeat(16);
    const caller = propagation.extract(context.active(), { traceparent: `00-${traceId}-${'cd'.repeat(8)}-01` });
    await context.with(caller, () =>
      inSpan('outer', { 'signalbox.command': 'fetch' }, async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        expect(activeTraceId()).toBe(traceId);
        return inSpan('inner', {}, async () => {
          const headers: Record<string, string> = {};
          propagation.inject(context.active(), headers);
          expect(headers.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
        });
      }),
    );
    await tracing.shutdown(5_000);
    const [outer, inner] = ['outer', 'inner'].map((name) => spans.find((span) => span.name === name));
    expect(paths).toEqual(['POST /v1/traces']);
    expect(outer).toMatchObject({ traceId, parentSpanId: 'cd'.repeat(8) });
    expect(outer?.attributes).toEqual([{ key: 'signalbox.command', value: { stringValue: 'fetch' } }]);
    expect(inner).toMatchObject({ traceId, parentSpanId: outer?.spanId });
  });

  it.each([
    [{}, { 'service.name': 'signalbox', 'service.version': '1.2.3', 'telemetry.sdk.language': 'nodejs' }],
    [
      { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a,deployment.environment.name=test%20one' },
      { 'service.name': 'a', 'service.version': '1.2.3', 'deployment.environment.name': 'test one' },
    ],
    [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=a', OTEL_SERVICE_NAME: 'b' }, { 'service.name': 'b' }],
  ])('describes the service as the environment %o says', async (environment, resource) => {
    Object.assign(process.env, environment);
    const { resources, endpoint } = await collector();
    const { tracing } = await start(endpoint);
    await inSpan('work', {}, async () => {});
    await tracing.shutdown(5_000);
    for (const name of Object.keys(environment)) delete process.env[name];
    expect(resources).toMatchObject([resource]);
    expect(resources[0]?.['service.instance.id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('marks a span that failed with the code, not with the message', async () => {
    const { spans, endpoint } = await collector();
    const { tracing } = await start(endpoint);
    const fail = (error: Error) => inSpan('work', {}, () => Promise.reject(error));
    await expect(fail(new Fault('FORBIDDEN', 'not you, s3cret'))).rejects.toThrow('not you');
    await expect(fail(new Error('a bug'))).rejects.toThrow('a bug');
    await tracing.shutdown(5_000);
    expect(spans.map(({ status }) => status)).toEqual([
      { code: 2, message: 'FORBIDDEN' },
      { code: 2, message: 'INTERNAL' },
    ]);
    expect(JSON.stringify(spans)).not.toContain('s3cret');
  });

  it('does not delay the end for a collector that never responds', async () => {
    const { endpoint, paths } = await collector(true);
    const { tracing, lines } = await start(endpoint);
    await inSpan('work', {}, async () => {});
    await tracing.shutdown(200);
    expect(paths).toHaveLength(1);
    expect(lines.map(({ event }) => event)).toContain('tracing.flush_timeout');
  });

  it('is off without an endpoint, and after it has ended', async () => {
    await start(undefined);
    await inSpan('work', {}, async (span) => expect(span.isRecording()).toBe(false));
    expect(activeTraceId()).toBeUndefined();

    const { endpoint } = await collector();
    const { tracing } = await start(endpoint);
    await inSpan('work', {}, async (span) => expect(span.isRecording()).toBe(true));
    await tracing.shutdown(5_000);
    expect(trace.getTracer('signalbox').startSpan('after').isRecording()).toBe(false);
  });
});
