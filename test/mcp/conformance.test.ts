import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runConformance } from '../support/mcp/conformance.ts';
import { startConformanceProxy } from '../support/mcp/conformance-proxy.ts';
import { connectMcp } from '../support/mcp/connect-mcp.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';

/** Scenarios of the official suite, `@modelcontextprotocol/conformance`, that this server claims to pass, by version. */
const SHARED = [
  'tools-list',
  'tools-call-simple-text',
  'tools-call-image',
  'tools-call-audio',
  'tools-call-embedded-resource',
  'tools-call-error',
  'tools-call-with-progress',
  'resources-list',
  'resources-read-text',
  'resources-read-binary',
];
const WITH_SESSIONS = [
  'server-initialize',
  'server-session-lifecycle',
  'ping',
  'logging-set-level',
  'tools-call-with-logging',
  'resources-subscribe',
  'resources-unsubscribe',
];
const CLAIMED: Readonly<Record<string, readonly string[]>> = {
  '2025-03-26': ['server-session-lifecycle'],
  '2025-06-18': [...SHARED, ...WITH_SESSIONS],
  '2025-11-25': [...SHARED, ...WITH_SESSIONS, 'server-sse-multiple-streams', 'dns-rebinding-protection'],
  '2026-07-28': [
    ...SHARED,
    'server-sse-multiple-streams',
    'dns-rebinding-protection',
    'sep-2164-resource-not-found',
    'http-header-validation',
    'input-required-result-unsupported-methods',
  ],
};

/** Scenarios of 2026-07-28 with checks that need what this server does not offer; how many, and why. */
const PARTLY_CLAIMED = [
  ['server-stateless', 4, 'a tool that asks the client for something, and one with a name that no command can have'],
  ['caching', 1, 'prompts'],
] as const;

/** The other scenarios, each with the reason; those that begin alike have the same one. */
const NOT_CLAIMED = {
  'completion-complete': 'no completions are offered',
  'tools-call-mixed-content': 'an output is one resource of one media type',
  'tools-call-sampling': 'the server asks the client for nothing: its own agents have models with a fixed name',
  'tools-call-elicitation': 'a person is asked by an approval, wherever they are, and not by the client that called',
  elicitation: 'as above',
  'input-required-result': 'as above',
  'json-schema-2020-12': 'wants a tool of a name that no command can have; schemas are listed as they are',
  'server-sse-polling': 'a stream that was cut is not resumed: the run is, and its resource shows what it came to',
  'resources-templates-read': 'wants its own template',
  prompts: 'no prompts are offered',
  tasks: 'an extension: a run is a resource, which can be followed',
  'http-custom-header': 'no tool wants a parameter in a header',
} as const;

const TOOLS = [
  ...['test_simple_text', 'test_image_content', 'test_audio_content', 'test_embedded_resource'],
  ...['test_error_handling', 'test_tool_with_logging', 'test_tool_with_progress'],
];
const camelCase = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

let server: Server;
/** The lines of the suite's summary, by scenario, by version. */
const summaries = new Map<string, Map<string, string>>();

beforeAll(async () => {
  server = await startServer({ env: { SIGNALBOX_PLUGINS: 'test/support/mcp/commands.ts' } });
  const token = await tokenFor('ada', { roles: ['admin'] });
  const upload = async (body: Uint8Array<ArrayBuffer> | string, type: string): Promise<string> => {
    const headers = { 'content-type': type };
    const answer = await server.fetch('/artifacts', { method: 'POST', headers, body, token });
    return `artifact:sha256/${((await answer.json()) as { digest: string }).digest}`;
  };
  const [text, binary] = [
    await upload('A text.', 'text/plain'),
    await upload(Uint8Array.of(0, 255), 'application/octet-stream'),
  ];
  const client = await connectMcp(server, token);
  const [run] = (await client.listResources()).resources;
  await client.close();
  const proxy = await startConformanceProxy(server.url, token, {
    ...Object.fromEntries(TOOLS.map((name) => [name, camelCase(name)])),
    'test://static-text': text,
    'test://static-binary': binary,
    'test://watched-resource': run?.uri ?? '',
  });
  for (const version of Object.keys(CLAIMED)) {
    const args = ['server', '--url', proxy.url, '--spec-version', version, '--suite', 'all'];
    const summary = new Map<string, string>();
    for (const line of (await runConformance(args)).split('\n')) {
      const [, scenario] = /^[✓✗] ([\w/-]+): /.exec(line) ?? [];
      if (scenario !== undefined) summary.set(scenario, line);
    }
    summaries.set(version, summary);
  }
  await proxy[Symbol.asyncDispose]();
});
afterAll(() => server.stop());

describe.each(Object.entries(CLAIMED))('the conformance suite of %s', (version, claimed) => {
  const lineOf = (scenario: string) => summaries.get(version)?.get(scenario);

  it('has no scenario that is missing here', () => {
    const others = [...(summaries.get(version)?.keys() ?? [])].filter(
      (scenario) =>
        !claimed.includes(scenario) &&
        !PARTLY_CLAIMED.some(([name]) => name === scenario) &&
        !Object.keys(NOT_CLAIMED).some((start) => scenario.startsWith(start)),
    );
    expect(others).toEqual([]);
  });

  it.each(claimed)('passes %s', (scenario) => {
    expect(lineOf(scenario)).toMatch(/^✓ [\w-]+: [1-9]\d* passed, 0 failed/);
  });
});

it.each(PARTLY_CLAIMED)('%s of 2026-07-28 passes but for %i checks, which want %s', (scenario, failures) => {
  expect(summaries.get('2026-07-28')?.get(scenario)).toMatch(new RegExp(`: [1-9]\\d* passed, ${failures} failed`));
});
