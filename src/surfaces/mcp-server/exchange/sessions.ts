import { createHash, randomUUID } from 'node:crypto';
import type { LoggingLevel } from '@modelcontextprotocol/sdk/types.js';
import { LRUCache } from 'lru-cache';
import { HANDSHAKE_VERSIONS } from '../../../agents/mcp/request-metadata.ts';
import { Fault } from '../../../core/errors.ts';
import type { SignedIn } from '../../../core/principal.ts';
import { ownerKey } from '../../../lib/fair-queue.ts';
import { createGrowingCache } from '../../../lib/growing-cache.ts';
import type { McpDeps } from '../protocol/mcp-deps.ts';
import type { McpLimits } from '../protocol/mcp-limits.ts';
import type { RequestId } from '../protocol/message.ts';
import type { EventStream } from '../protocol/reply.ts';
import { createResourceSubscriptions, type ResourceSubscriptions } from '../resources/resource-subscriptions.ts';

/** What this node remembers of a session. */
export interface Session {
  readonly id: string;
  /** Version of the protocol that was agreed on. */
  readonly version: string;
  logLevel?: LoggingLevel;
  readonly subscriptions: ResourceSubscriptions;
  /** Streams of notifications. */
  readonly streams: Set<EventStream>;
  /** Running requests by id, to cancel them. */
  readonly requests: Map<RequestId, AbortController>;
}

/**
 * Sessions of versions with a handshake. An id names its version and its principal, so that every node knows every session, and
 * none has to be stored. A node remembers only what it was told: a log level, subscriptions, and streams.
 */
export interface Sessions {
  begin(who: SignedIn, version: string): Session;
  /** The principal's own; that of another one is as if it were not there. @throws Fault NOT_FOUND */
  find(id: string, who: SignedIn): Session;
  end(session: Session): void;
  closeStreams(): void;
}

/** Sessions that were ended here, so that they stay ended. */
const MAX_ENDED = 10_000;

export function createSessions(deps: McpDeps, limits: Pick<McpLimits, 'maxSessions' | 'maxSubscriptions'>): Sessions {
  const endings = new WeakMap<Session, AbortController>();
  const ended = createGrowingCache<true>(MAX_ENDED);
  const known = new LRUCache<string, Session>({
    max: limits.maxSessions,
    dispose(session) {
      endings.get(session)?.abort();
      for (const stream of session.streams) stream.close();
    },
  });

  const remember = (id: string, version: string): Session => {
    const ending = new AbortController();
    const streams = new Set<EventStream>();
    const subscriptions = createResourceSubscriptions(deps, {
      maxSubscriptions: limits.maxSubscriptions,
      ended: ending.signal,
      onUpdated: (uri) => {
        for (const stream of streams) stream.send({ method: 'notifications/resources/updated', params: { uri } });
      },
    });
    const session: Session = { id, version, subscriptions, streams, requests: new Map() };
    endings.set(session, ending);
    known.set(id, session);
    return session;
  };

  return {
    begin: (who, version) => remember(`${version}.${ownerDigest(who)}.${randomUUID()}`, version),
    find(id, who) {
      const [, version = '', owner] = /^([\d-]{10})\.([\w-]{22})\.[0-9a-f-]{36}$/.exec(id) ?? [];
      if (owner !== ownerDigest(who) || !HANDSHAKE_VERSIONS.includes(version) || ended.has(id)) {
        throw new Fault('NOT_FOUND', 'You have no MCP session with this id. Begin another one with initialize.');
      }
      return known.get(id) ?? remember(id, version);
    },
    end({ id }) {
      ended.set(id, true);
      known.delete(id);
    },
    closeStreams() {
      for (const { streams } of known.values()) for (const stream of streams) stream.close();
    },
  };
}

function ownerDigest(who: SignedIn): string {
  return createHash('sha256').update(ownerKey(who)).digest('base64url').slice(0, 22);
}
