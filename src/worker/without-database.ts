import type { Credentials, WorkspaceUsage } from '../core/accounts/accounts.ts';
import type { Memories, TokenUsage } from '../core/agent-stores.ts';
import { Fault } from '../core/errors.ts';
import type { WorkerRestrictions } from '../core/runtime.ts';
import type { Quotas } from '../engine/gate/quotas.ts';

/**
 * What steps need of a database, on a worker, which has none: the server counts what the worker reports, and has the rest.
 */

/** The server asks for room when it records artifacts. */
export const QUOTAS_OF_SERVER: Quotas = {
  count: () => () => {},
  assertFree() {},
  hold: () => () => {},
  async admit() {},
  async take() {},
  artifactsOf: (_, store) => store,
  list: async () => [],
};

/** The size of a folder counts for nobody. */
export const UNLIMITED_WORKSPACES: WorkspaceUsage = { record: async () => [] };

export const NO_CREDENTIALS: Credentials = {
  find: async () => undefined,
  async put() {
    throw new Fault('UNAVAILABLE', 'A worker stores no credentials.');
  },
  remove: async () => false,
};

/** Keys of servers are revoked in CAP_PEERS. */
export const NO_RESTRICTIONS: Pick<WorkerRestrictions, 'isRevoked' | 'add'> = {
  isRevoked: () => false,
  async add() {},
};

const withoutMemories = async (): Promise<never> => {
  const message = 'Workers of remote pools have no memories. Leave out memory_uri, or the pool of the agent.';
  throw new Fault('BAD_INPUT', message, { path: ['agent', 'memoryUri'] });
};
export const NO_MEMORIES: Memories = { read: withoutMemories, append: withoutMemories, remove: withoutMemories };

/** The tokens that one job may use, and how many it has used. */
export function createTokenBudget(maxTokens: number): { readonly tokens: TokenUsage; used(): number } {
  const reserved = new Map<string, number>();
  let used = 0;
  return {
    used: () => used,
    tokens: {
      async reserve({ id, tokens }) {
        if (used + tokens > maxTokens) return { left: Math.max(0, maxTokens - used), of: 'perRun' };
        reserved.set(id, tokens);
        used += tokens;
        return undefined;
      },
      async settle(id, tokens) {
        used -= Math.max(0, (reserved.get(id) ?? 0) - tokens);
        reserved.delete(id);
      },
      used: async () => used,
    },
  };
}
