import { isJsonObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { DocumentPath } from '../model/problems.ts';

/** The configuration of an agent in the camelCase of its backend: `stdio_command` becomes `stdioCommand`. */
export function agentConfig(written: JsonObject): JsonObject {
  const config = camelCaseKeys(written);
  const { [MCP_SERVERS_KEY]: servers } = config;
  if (!Array.isArray(servers)) return config;
  return {
    ...config,
    [MCP_SERVERS_KEY]: servers.map((server: Json) => (isJsonObject(server) ? camelCaseKeys(server) : server)),
  };
}

/** Maps a path of `agentConfig` to the keys as the document spells them. */
export function documentKeys(written: JsonObject): (path: readonly string[]) => readonly string[] {
  const names = new Map<unknown, ReadonlyMap<string, string>>();
  const nameIn = (object: unknown, name: string): string => {
    let spellings = names.get(object);
    if (!spellings) {
      spellings = new Map(isJsonObject(object) ? Object.keys(object).map((one) => [camelCase(one), one]) : []);
      names.set(object, spellings);
    }
    return spellings.get(name) ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  };
  return ([top, index, name, ...rest]) => {
    if (top === undefined) return [];
    const first = nameIn(written, top);
    const inside = [index, name, ...rest].filter((part) => part !== undefined);
    if (top !== MCP_SERVERS_KEY || index === undefined || name === undefined) return [first, ...inside];
    const servers = written[first];
    const server: unknown = Array.isArray(servers) ? servers[Number(index)] : undefined;
    return [first, index, nameIn(server, name), ...rest];
  };
}

/** Keys written in both spellings, of which neither takes precedence. */
export function duplicateKeys(written: JsonObject): readonly DocumentPath[] {
  const servers = Object.entries(written).filter(([name]) => camelCase(name) === MCP_SERVERS_KEY);
  const lists = servers.flatMap(([name, list]) =>
    (Array.isArray(list) ? (list as readonly Json[]) : []).map((server, i) => [[name, i], server] as const),
  );
  return [[[], written] as const, ...lists].flatMap(([at, object]) => {
    const names = isJsonObject(object) ? Object.keys(object) : [];
    const seen = new Set<string>();
    return names.filter((name) => seen.size === seen.add(camelCase(name)).size).map((name) => [...at, name]);
  });
}

/** Each MCP server has its own configuration; keys inside anything else, such as headers, are left as they are. */
const MCP_SERVERS_KEY = 'mcpServers';

function camelCaseKeys(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [camelCase(name), value]));
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
