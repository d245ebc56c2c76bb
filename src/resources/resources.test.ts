import { SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestResources, type TestResources } from '../../test/support/resources/resources.ts';

let resources: TestResources;

beforeAll(async () => {
  resources = await createTestResources({ fetchMaxBytes: 1000 });
});

afterAll(() => resources.close());

const fault = (code: string) => expect.objectContaining({ name: 'Fault', code });

describe('inline content', () => {
  it('is data: with its media type for the policy and for all others', async () => {
    resources.authorizedUris.length = 0;
    const body = await resources.open({ text: { text: 'a,b', mediaType: 'Text/CSV; header=present' } });
    expect(body).toMatchObject({ uri: 'data:text/csv', mediaType: 'text/csv;header=present', size: 3 });
    expect(await body.text()).toBe('a,b');
    expect(resources.authorizedUris).toEqual(['data:text/csv']);
    expect(resources.policyUriOf({ bytes: { base64: '' } }).href).toBe('data:application/octet-stream');
    expect(resources.policyUriOf({ text: { text: '' } }).href).toBe('data:text/plain');
    expect(resources.policyUriOf({ uri: 'http://H.example' }).href).toBe('http://h.example/');
  });

  it('is UTF-8 if it is text, whatever charset it states', async () => {
    const body = await resources.open({ text: { text: 'ż', mediaType: 'text/csv; charset=iso-8859-2' } });
    expect(body.mediaType).toBe('text/csv;charset=utf-8');
    expect(await body.text()).toBe('ż');
  });

  it('has the media type and the charset that the caller states with its URI', async () => {
    const uri = 'data:text/plain;charset=utf-8,%BF';
    const body = await resources.open({ uri, charset: 'iso-8859-2' });
    expect(body.mediaType).toBe('text/plain;charset=iso-8859-2');
    expect(await body.text()).toBe('ż');
    expect((await resources.open({ uri, mediaType: 'text/csv' })).mediaType).toBe('text/csv');
    expect((await resources.open({ uri, mediaType: 'text/csv', charset: 'x' })).mediaType).toBe('text/csv;charset=x');
    await expect(resources.open({ uri, mediaType: 'garbage' })).rejects.toEqual(fault('BAD_INPUT'));
  });

  it('is strict base64 if it is bytes, in the charset it states', async () => {
    const source = {
      bytes: { base64: Buffer.from([0xbf]).toString('base64'), mediaType: 'text/csv;charset=iso-8859-2' },
    };
    expect(await (await resources.open(source)).text()).toBe('ż');
    await expect(resources.open({ bytes: { base64: 'a-b_' } })).rejects.toEqual(fault('BAD_INPUT'));
  });

  it('is rejected when it is too large, is not text, or has an invalid media type', async () => {
    const [large, most] = ['x'.repeat(1001), 'x'.repeat(1000)];
    await expect(resources.open({ text: { text: large } })).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    const base64 = Buffer.from(large).toString('base64');
    await expect(resources.open({ bytes: { base64 } })).rejects.toEqual(fault('RESOURCE_TOO_LARGE'));
    expect(await (await resources.open({ text: { text: most } })).text()).toBe(most);
    await expect(resources.open({ text: { text: '\ud800' } })).rejects.toEqual(fault('BAD_INPUT'));
    await expect(resources.open({ text: { text: '', mediaType: 'garbage' } })).rejects.toEqual(fault('BAD_INPUT'));
  });

  it('is not opened when the policy denies it', async () => {
    resources.forbidden.add('data:text/html');
    const source = { text: { text: '<b>', mediaType: 'text/html' } };
    await expect(resources.open(source)).rejects.toEqual(fault('FORBIDDEN'));
  });
});

describe('a read', () => {
  it('asks the policy before anything else happens', async () => {
    resources.forbidden.add('file:///etc/passwd');
    await expect(resources.open('file:///etc/passwd')).rejects.toThrow('forbidden: file:///etc/passwd');
  });

  it('reports an unknown scheme before the policy is asked', async () => {
    resources.authorizedUris.length = 0;
    await expect(resources.open('gopher://h.example/')).rejects.toEqual(fault('UNSUPPORTED_SCHEME'));
    expect(resources.authorizedUris).toEqual([]);
  });

  it('knows the protocols with their limits', () => {
    const schemes = ['http', 'https', 'file', 'data', 'artifact', 'redis', 's3'];
    expect(resources.protocols.map(({ scheme }) => scheme)).toEqual(schemes);
    for (const { description, limits } of resources.protocols) {
      expect(description).toMatch(/\.$/);
      expect(limits).toHaveProperty('maxBytes');
    }
    expect(resources.protocols[0]?.limits).toMatchObject({ maxBytes: 1000, maxRedirects: 5 });
  });
});

describe('the trace of a read', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const spans = async () => {
    await provider.forceFlush();
    return exporter.getFinishedSpans();
  };

  beforeAll(() => {
    trace.setGlobalTracerProvider(provider);
  });

  afterAll(() => {
    trace.disable();
  });

  it('is one span that lasts until the body was read, with scheme and bytes', async () => {
    const body = await resources.open('data:text/csv,a%2Cb');
    expect(await spans()).toEqual([]);
    await body.bytes();
    const [span, ...more] = await spans();
    expect(more).toEqual([]);
    expect(span?.name).toBe('resource.read');
    expect(span?.attributes).toEqual({ 'url.scheme': 'data', 'resource.bytes': 3 });
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('has the fault that ended it', async () => {
    await expect(resources.open('http://127.0.0.1:1/')).rejects.toEqual(fault('FORBIDDEN'));
    const span = (await spans()).at(-1);
    expect(span?.attributes).toEqual({
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'resource.bytes': 0,
      'error.type': 'FORBIDDEN',
    });
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'FORBIDDEN' });
  });
});
