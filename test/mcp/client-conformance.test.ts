import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runConformance } from '../support/mcp/conformance.ts';

/** Client scenarios of the official suite that the MCP client of agents passes, by version. */
const CLAIMED: Readonly<Record<string, readonly string[]>> = {
  '2025-06-18': ['initialize', 'tools_call'],
  '2025-11-25': ['initialize', 'tools_call', 'sse-retry', 'json-schema-2020-12-preservation'],
  '2026-07-28': [
    ...['tools_call', 'request-metadata', 'http-standard-headers', 'http-custom-headers'],
    ...['http-invalid-tool-headers', 'json-schema-ref-no-deref', 'json-schema-2020-12-preservation'],
  ],
};

/** The other scenarios, each with the reason; those that begin alike have the same one. */
const NOT_CLAIMED = {
  'auth/': 'the client has the credentials that its operator configures, and obtains none by OAuth',
  'elicitation-': 'nobody is there to be asked while an agent runs',
  'sep-2322-client-request-state': 'as above',
} as const;

const CLIENT = `${process.execPath} ${resolve('test/support/mcp/conformance-client.ts')}`;

describe.each(Object.entries(CLAIMED))('the MCP client of agents in %s', (version, claimed) => {
  it.each(claimed)('passes %s', async (scenario) => {
    const args = ['client', '--command', CLIENT, '--timeout', '100000'];
    const output = await runConformance([...args, '--scenario', scenario, '--spec-version', version]);
    expect(output).toMatch(/^Passed: ([1-9]\d*)\/\1, 0 failed, 0 warnings$/m);
  });
});

it.each(['2025-11-25', '2026-07-28'])(
  'claims every client scenario that %s requires, or says why not',
  async (version) => {
    const [, list = ''] = (await runConformance(['list', '--requirements', version])).split(/^Client scenarios.*$/m);
    const required = [...list.matchAll(/^ {2}- (\S+)$/gm)].map(([, scenario = '']) => scenario);
    const missing = required.filter(
      (scenario) =>
        !CLAIMED[version]?.includes(scenario) && !Object.keys(NOT_CLAIMED).some((start) => scenario.startsWith(start)),
    );
    expect(required.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  },
);
