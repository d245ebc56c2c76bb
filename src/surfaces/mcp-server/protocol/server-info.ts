import type { JsonObject } from '../../../lib/json.ts';

export const INSTRUCTIONS =
  'Signalbox runs commands, tools and saved workflows under a policy, and records each call as a run. A result names its ' +
  'run in _meta; signalbox://runs/RUN_ID shows it. A call may have to be approved by a person first: then the result says so.';

export const CAPABILITIES: JsonObject = { tools: {}, resources: { subscribe: true } };

export function serverInfo(version: string): JsonObject {
  return { name: 'signalbox', title: 'Signalbox', version };
}
