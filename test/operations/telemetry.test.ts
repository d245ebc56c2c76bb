import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { openSocket } from '../support/socket.ts';
import { until } from '../support/until.ts';
import { startWebServer } from '../support/web-server.ts';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

/** A fake collector that speaks OTLP/HTTP with JSON. */
async function startCollector() {
  const spans: Span[] = [];
  const web = await startWebServer(async (req, res) => {
    const body = JSON.parse(await text(req));
    for (const { scopeSpans } of body.resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  return { web, spans };
}

const CONVERT = `mutation Convert($input: ConvertToJsonInput!) { convertToJson(input: $input) {
  ... on CommandOutcome { run { id state traceId steps { id } } } ... on Refusal { code }
} }`;
const csv = { source: { text: { text: 'a\n1\n', mediaType: 'text/csv' } } };

describe('a trace', () => {
  it('spans a request from its arrival through the operation, the run and the step to the resource', async () => {
    const { web, spans } = await startCollector();
    await using _ = web;
    await using pages = await startWebServer((_, res) => res.setHeader('content-type', 'text/csv').end('a\n1\n'));
    await using server = await startServer({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: web.url, ALLOWED_PRIVATE_HOSTS: pages.host },
    });
    const traceId = 'ab'.repeat(16);
    const caller = 'cd'.repeat(8);
    const response = await server.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-${caller}-01` },
      body: JSON.stringify({
        query: CONVERT,
        variables: { input: { source: { uri: `${pages.url}/a.csv?key=hidden` } } },
      }),
      token: await tokenFor('anna', { roles: ['analyst'] }),
    });
    const { run } = ((await response.json()) as { data: { convertToJson: { run: RunShown } } }).data.convertToJson;
    expect(run).toMatchObject({ state: 'SUCCEEDED', traceId });
    // Spans that wait for the next batch are sent when the server ends.
    expect(await server.stop()).toBe(0);

    const chain = ['POST /graphql', 'graphql.mutation', 'run.execute', 'step.perform', 'resource.read'];
    let parent = caller;
    for (const name of chain) {
      const found = spans.filter((span) => span.name === name && span.traceId === traceId);
      expect(found, name).toHaveLength(1);
      expect(found[0]?.parentSpanId, `the parent of ${name}`).toBe(parent);
      parent = found[0]?.spanId as string;
    }
    const attributes = spans.flatMap((span) => span.attributes.map(({ key, value }) => [key, value.stringValue]));
    expect(attributes).toContainEqual(['signalbox.run_id', run.id]);
    expect(attributes).toContainEqual(['signalbox.step_id', run.steps[0]?.id]);
    expect(attributes).toContainEqual(['graphql.operation.name', 'Convert']);
    expect(attributes).toEqual(
      expect.arrayContaining([
        ['http.request.method', 'POST'],
        ['http.route', '/graphql'],
        ['url.path', '/graphql'],
        ['url.scheme', 'http'],
        ['network.protocol.version', '1.1'],
        ['network.peer.address', '127.0.0.1'],
        ['server.address', new URL(server.url).hostname],
      ]),
    );
    expect(JSON.stringify(spans)).not.toContain('hidden');
  });

  it('does not delay anything when the collector hangs', async () => {
    await using web = await startWebServer(() => {});
    await using server = await startServer({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: web.url } });
    const { data } = await server.query(CONVERT, { input: csv }, await tokenFor('anna', { roles: ['analyst'] }));
    expect(data.convertToJson.run.state).toBe('SUCCEEDED');
    expect(await server.stop()).toBe(0);
    // The exporter would wait for ten seconds, longer than an operator waits for a server to stop.
    expect(server.logged('tracing.flush_timeout')).toHaveLength(1);
  });
});

interface RunShown {
  readonly id: string;
  readonly steps: readonly { readonly id: string }[];
}

describe('metrics', () => {
  /** The value of one series; 0 if it does not exist. */
  async function seriesOf(server: Server, name: string): Promise<number> {
    const lines = (await (await server.fetch('/metrics')).text()).split('\n');
    return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? 0);
  }

  it('count commits of the journal', async () => {
    await using server = await startServer();
    await server.query(CONVERT, { input: csv }, await tokenFor('anna', { roles: ['analyst'] }));
    expect(await seriesOf(server, 'signalbox_journal_appends_total')).toBe(1);
    expect(await seriesOf(server, 'signalbox_journal_events_total')).toBe(4);
  });

  it('count runs, decisions, requests and subscriptions', async () => {
    await using server = await startServer();
    const value = (name: string) => seriesOf(server, name);
    const anna = await tokenFor('anna', { roles: ['analyst'] });
    const bob = await tokenFor('bob', { roles: ['user'] });
    for (let i = 0; i < 3; i++) await server.query(CONVERT, { input: csv }, anna);
    await server.query(CONVERT, { input: { source: { uri: 'file:///data/none.csv' } } }, anna);
    await server.query(CONVERT, { input: { source: { uri: 'file:///data/none.csv' } } }, bob);

    expect(await value('signalbox_runs_total{kind="COMMAND",state="SUCCEEDED"}')).toBe(3);
    expect(await value('signalbox_runs_total{kind="COMMAND",state="FAILED"}')).toBe(1);
    expect(await value('signalbox_runs_total{kind="COMMAND",state="DENIED"}')).toBe(1);
    expect(await value('signalbox_run_duration_seconds_count{kind="COMMAND"}')).toBe(5);
    expect(await value('signalbox_policy_decisions_total{effect="DENY"}')).toBe(1);
    const requests = 'signalbox_http_request_duration_seconds_count{route="/graphql",method="POST",status="200"}';
    await until('the requests count', async () => (await value(requests)) === 5);

    const active = 'signalbox_subscriptions_active';
    {
      await using socket = await openSocket(server, anna);
      socket.watch('subscription { events { cursor events { cursor runId seq type hash } } }');
      await until('the subscription counts', async () => (await value(active)) === 1);
    }
    await until('it no longer counts', async () => (await value(active)) === 0);
  });

  it('require the token, if one is configured', async () => {
    await using server = await startServer({ env: { METRICS_TOKEN: 'a token for scrapers' } });
    const statuses = [undefined, 'another token here', 'a token for scrapers'].map(async (token) => {
      return (await server.fetch('/metrics', { ...(token && { token }) })).status;
    });
    expect(await Promise.all(statuses)).toEqual([401, 401, 200]);
  });
});

describe('the log', () => {
  it('names the run and the trace, and contains no password, token or data', async () => {
    const secrets = { METRICS_TOKEN: 'metrics-token-0123456789', JWT_SECRET: undefined };
    await using server = await startServer({ env: { ...secrets, LOG_LEVEL: 'debug' } });
    const signIn = `mutation ($username: String!, $password: String!) {
      signIn(input: { username: $username, password: $password }) { ... on Session { token } ... on Refusal { code } }
    }`;
    const { data } = await server.query(signIn, { username: 'alice', password: 'alice' });
    const { token } = data.signIn;
    await server.query(signIn, { username: 'alice', password: 'wrong-password-123' });
    await server.query('{ viewer { subject } }', {}, `${token}x`);
    await server.fetch('/metrics', { token: secrets.METRICS_TOKEN });
    await server.fetch('/graphql?token=in-the-query-456', { token });
    await using socket = await openSocket(server, token);
    const done = await server.query(
      CONVERT,
      { input: { source: { uri: 'data:text/csv,secret-data-789%0A1' } } },
      token,
    );
    const { run } = done.data.convertToJson;
    await server.query(
      CONVERT,
      { input: { source: { uri: 'data:text/csv,secret-data-789' }, schemaUri: 'data:,secret-schema-012' } },
      token,
    );
    await socket[Symbol.asyncDispose]();
    expect(await server.stop()).toBe(0);

    expect(server.logged('run.ended')[0]).toMatchObject({ run_id: run.id, trace_id: run.traceId, state: 'SUCCEEDED' });
    expect(server.logged('http.answered').length).toBeGreaterThan(5);
    for (const line of server.logged('http.answered')) expect(line.trace_id).toMatch(/^[0-9a-f]{32}$/);
    for (const line of server.log)
      expect(JSON.parse(line)).toMatchObject({
        ts: expect.any(String),
        level: expect.any(String),
        event: expect.any(String),
      });

    const log = [...server.log, ...server.stdoutLines].join('\n');
    const hidden = [token, token.split('.')[2], 'wrong-password-123', secrets.METRICS_TOKEN, 'in-the-query-456'];
    for (const secret of [...hidden, 'secret-data-789', 'secret-schema-012']) expect(log).not.toContain(secret);
  });
});
