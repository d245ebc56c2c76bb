import { expect, it } from 'vitest';
import { AGENT_BACKENDS } from '../../../../core/agent.ts';
import { toAgentSpec } from './agent-input.ts';

const agent = { role: 'Editor', goal: 'Shorten it.' };

it('an agent keeps what was given, and the configuration of the one backend that it names', () => {
  const config = { url: 'https://agents.example/run', headers: { Authorization: 'secret:TOKEN' } };
  const given = { ...agent, id: 'e', tools: ['web.search'], memoryUri: 'memory:e', backend: { httpApi: config } };
  expect(toAgentSpec(given)).toEqual({
    ...agent,
    ...{ id: 'e', tools: ['web.search'], memoryUri: 'memory:e', backend: 'http_api', config },
  });
});

it('every backend has its field', () => {
  const fields = ['mcp', 'litellm', 'bashCli', 'httpApi', 'websocket'];
  expect(fields.map((field) => toAgentSpec({ ...agent, backend: { [field]: {} } }).backend)).toEqual(AGENT_BACKENDS);
});

it('what is null was not given, however deep it stands; what is false, 0 or empty was', () => {
  const server = { stdioCommand: null, serverUrl: 'https://tools.example/mcp', arguments: { none: null, no: false } };
  const litellm = { model: 'm', temperature: 0, apiKey: null, maxTurns: undefined, mcpServers: [server] };
  expect(toAgentSpec({ ...agent, id: null, tools: [], backend: { litellm } })).toEqual({
    ...{ ...agent, tools: [], backend: 'litellm' },
    config: {
      model: 'm',
      temperature: 0,
      mcpServers: [{ serverUrl: 'https://tools.example/mcp', arguments: { no: false } }],
    },
  });
});

it('refuses a missing backend', () => {
  for (const backend of [{}, { httpApi: null }, { mcp: 'x' }]) {
    expect(() => toAgentSpec({ ...agent, backend })).toThrow('An agent must name exactly one backend');
  }
});
