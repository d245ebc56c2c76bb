import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformanceProxy } from '../support/mcp/conformance-proxy.ts';
import { connectMcp } from '../support/mcp/connect-mcp.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** Scenarios of the official suite, `@modelcontextprotocol/conformance`, that this server claims to pass. */
const CLAIMED = [
  'server-initialize',
  'ping',
  'logging-set-level',
  'tools-list',
  'tools-call-simple-text',
  'tools-call-image',
  'tools-call-audio',
  'tools-call-embedded-resource',
  'tools-call-with-logging',
  'tools-call-error',
  'tools-call-with-progress',
  'resources-list',
  'resources-read-text',
  'resources-read-binary',
  'resources-subscribe',
  'resources-unsubscribe',
  'server-sse-multiple-streams',
  'dns-rebinding-protection',
];

/** The other scenarios, each with the reason. */
const NOT_CLAIMED = {
  'completion-complete': 'no completions are offered',
  'tools-call-mixed-content': 'an output is one resource of one media type',
  'tools-call-sampling': 'the server asks the client for nothing: its own agents have models with a fixed name',
  'tools-call-elicitation': 'a person is asked by an approval, wherever they are, and not by the client that called',
  'elicitation-sep1034-defaults': 'as above',
  'elicitation-sep1330-enums': 'as above',
  'json-schema-2020-12': 'wants a tool of a name that no command can have; schemas are listed as they are',
  'server-sse-polling': 'a stream that was cut is not resumed: the run is, and its resource shows what it came to',
  'resources-templates-read': 'wants its own template',
  'prompts-list': 'no prompts are offered',
  'prompts-get-simple': 'as above',
  'prompts-get-with-args': 'as above',
  'prompts-get-embedded-resource': 'as above',
  'prompts-get-with-image': 'as above',
} as const;

const TOOLS = [
  ...['test_simple_text', 'test_image_content', 'test_audio_content', 'test_embedded_resource'],
  ...['test_error_handling', 'test_tool_with_logging', 'test_tool_with_progress'],
];
const camelCase = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

let server: Server;
/** The lines of the suite's summary, by scenario. */
const summary = new Map<string, string>();

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
  for (const line of (await runSuite(proxy.url)).split('\n')) {
    const [, scenario] = /^[✓✗] ([\w-]+): /.exec(line) ?? [];
    if (scenario !== undefined) summary.set(scenario, line);
  }
  await proxy[Symbol.asyncDispose]();
});
afterAll(() => server.stop());

describe('the conformance suite', () => {
  it('has no scenario that is missing here', () => {
    expect([...summary.keys()].sort()).toEqual([...CLAIMED, ...Object.keys(NOT_CLAIMED)].sort());
  });

  it.each(CLAIMED)('passes %s', (scenario) => {
    expect(summary.get(scenario)).toMatch(/^✓ [\w-]+: [1-9]\d* passed, 0 failed/);
  });
});

async function runSuite(url: string): Promise<string> {
  const program = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js');
  await using folder = await createTempFolder();
  const args = [program, 'server', '--url', url, '--suite', 'all'];
  return await new Promise<string>((resolve) => {
    // It exits with 1 if any scenario fails, so its exit code means nothing here.
    execFile(process.execPath, args, { cwd: folder.path, timeout: 110_000 }, (_error, stdout) => resolve(stdout));
  });
}
