import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/json.ts';
import { agentConfig, documentKeys, duplicateKeys } from './agent-config.ts';

const given: JsonObject = {
  max_tokens: 1,
  apiBase: 'x',
  mcp_servers: [{ server_url: 'a', headers: { x_y: 'z' } }, 'none'],
  arguments: { max_items: 1 },
};

describe('the configuration of an agent', () => {
  it('may be written in snake_case or in camelCase, also for each MCP server, and no deeper', () => {
    expect(agentConfig(given)).toEqual({
      maxTokens: 1,
      apiBase: 'x',
      mcpServers: [{ serverUrl: 'a', headers: { x_y: 'z' } }, 'none'],
      arguments: { max_items: 1 },
    });
  });

  it.each([
    [['maxTokens'], ['max_tokens']],
    [['apiBase'], ['apiBase']],
    [
      ['mcpServers', '0', 'serverUrl'],
      ['mcp_servers', '0', 'server_url'],
    ],
    [
      ['mcpServers', '0', 'headers', 'x_y'],
      ['mcp_servers', '0', 'headers', 'x_y'],
    ],
    [
      ['arguments', 'max_items'],
      ['arguments', 'max_items'],
    ],
    [['apiKey'], ['api_key']],
    [[], []],
  ])('has what stands at %j where the document has %j', (path, written) => {
    expect(documentKeys(given)(path)).toEqual(written);
  });

  it('says which keys stand there in both spellings', () => {
    expect(duplicateKeys(given)).toEqual([]);
    expect(duplicateKeys({ max_tokens: 1, maxTokens: 2, mcpServers: [{}, { serverUrl: '', server_url: '' }] })).toEqual(
      [['maxTokens'], ['mcpServers', 1, 'server_url']],
    );
  });

  it('is found again under every name, whatever these are', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.constantFrom('a', 1, null)), (config) => {
        if (duplicateKeys(config).length > 0) return;
        for (const [made, value] of Object.entries(agentConfig(config))) {
          const [written = ''] = documentKeys(config)([made]);
          expect(config[written]).toBe(value);
        }
      }),
    );
  });
});
