import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/json.ts';
import { agentConfig, documentKeys, duplicateKeys } from './agent-config.ts';

const settings: JsonObject = {
  max_tokens: 1,
  apiBase: 'x',
  mcp_servers: [{ server_url: 'a', headers: { x_y: 'z' } }, 'none'],
  arguments: { max_items: 1 },
};

describe('the configuration of an agent', () => {
  it('may be written in snake_case or in camelCase, also for each MCP server, and no deeper', () => {
    expect(agentConfig(settings)).toEqual({
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
  ])('has at %j what the document has at %j', (path, keys) => {
    expect(documentKeys(settings)(path)).toEqual(keys);
  });

  it('reports keys written in both spellings', () => {
    expect(duplicateKeys(settings)).toEqual([]);
    expect(duplicateKeys({ max_tokens: 1, maxTokens: 2, mcpServers: [{}, { serverUrl: '', server_url: '' }] })).toEqual(
      [['maxTokens'], ['mcpServers', 1, 'server_url']],
    );
  });

  it('maps every name back to the one of the document', () => {
    const anyName = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/);
    fc.assert(
      fc.property(fc.dictionary(anyName, fc.constantFrom('a', 1, null)), (config) => {
        if (duplicateKeys(config).length > 0) return;
        for (const [name, value] of Object.entries(agentConfig(config))) {
          const [key = ''] = documentKeys(config)([name]);
          expect(config[key]).toBe(value);
        }
      }),
    );
  });
});
