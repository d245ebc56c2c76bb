import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { DocumentPath } from '../model/problems.ts';

/** The configuration of an agent with the names that its backend has: `stdio_command` is `stdioCommand`. */
export function agentConfig(given: JsonObject): JsonObject {
  const config = camelCaseKeys(given);
  const { [MCP_SERVERS_KEY]: servers } = config;
  if (!Array.isArray(servers)) return config;
  return {
    ...config,
    [MCP_SERVERS_KEY]: servers.map((server: Json) => (isJsonObject(server) ? camelCaseKeys(server) : server)),
  };
}

/** Tells where the document wrote what stands at a path of `agentConfig`. */
export function documentKeys(given: JsonObject): (path: readonly string[]) => readonly string[] {
  const names = new Map<unknown, ReadonlyMap<string, string>>();
  const nameIn = (object: unknown, name: string): string => {
    let written = names.get(object);
    if (!written) {
      written = new Map(isJsonObject(object) ? Object.keys(object).map((one) => [camelCase(one), one]) : []);
      names.set(object, written);
    }
    return written.get(name) ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  };
  return ([top, place, name, ...rest]) => {
    if (top === undefined) return [];
    const first = nameIn(given, top);
    const inside = [place, name, ...rest].filter((part) => part !== undefined);
    if (top !== MCP_SERVERS_KEY || place === undefined || name === undefined) return [first, ...inside];
    const servers = given[first];
    const server: unknown = Array.isArray(servers) ? servers[Number(place)] : undefined;
    return [first, place, nameIn(server, name), ...rest];
  };
}

/** Keys that say the same in both spellings; which of them counts could not be told. */
export function duplicateKeys(given: JsonObject): readonly DocumentPath[] {
  const servers = Object.entries(given).filter(([name]) => camelCase(name) === MCP_SERVERS_KEY);
  const lists = servers.flatMap(([name, list]) =>
    (Array.isArray(list) ? (list as readonly Json[]) : []).map((server, i) => [[name, i], server] as const),
  );
  return [[[], given] as const, ...lists].flatMap(([at, object]) => {
    const names = isJsonObject(object) ? Object.keys(object) : [];
    const seen = new Set<string>();
    return names.filter((name) => seen.size === seen.add(camelCase(name)).size).map((name) => [...at, name]);
  });
}

/** MCP servers have a configuration each; what is inside anything else is named by its owner, as headers are. */
const MCP_SERVERS_KEY = 'mcpServers';

function camelCaseKeys(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [camelCase(name), value]));
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
