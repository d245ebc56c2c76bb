import { Fault } from '../../../core/errors.ts';
import type { SignedIn } from '../../../core/principal.ts';
import { ownerKey } from '../../../lib/fair-queue.ts';
import type { McpDeps } from '../protocol/mcp-deps.ts';
import type { McpLimits } from '../protocol/mcp-limits.ts';
import type { Session } from './session.ts';

/** The sessions of this node, each of one principal. */
export interface Sessions {
  /** A new one. @throws Fault THROTTLED, UNAVAILABLE when there are too many */
  open(who: SignedIn): Promise<Session>;
  /** The principal's own; another one's is as if it were not there. @throws Fault NOT_FOUND */
  find(id: string, who: SignedIn): Session;
  /**
   * Counts an active request of the session, with its token; returns a function that ends it.
   * @throws Fault THROTTLED when there are too many
   */
  beginRequest(session: Session, who: SignedIn): () => void;
  readonly all: Iterable<Session>;
}

interface SessionEntry {
  readonly session: Session;
  readonly owner: string;
  /** Requests and streams. */
  activeRequests: number;
  lastUsed: number;
  timer?: NodeJS.Timeout;
  /** Ends the watch over the newest token that was used. */
  unwatch?: () => void;
}

export function createSessions(
  create: () => Promise<Session>,
  { clock, onInvalid }: Pick<McpDeps, 'clock' | 'onInvalid'>,
  limits: Pick<McpLimits, 'maxSessions' | 'maxSessionsPerPrincipal' | 'maxRequestsPerSession' | 'idleTimeoutMs'>,
): Sessions {
  const kept = new Map<string, SessionEntry>();
  /** On their way to be kept. */
  const opening = new Map<string, number>();
  const now = () => clock.now().getTime();

  const endWhenIdle = (one: SessionEntry) => {
    clearTimeout(one.timer);
    if (one.activeRequests > 0) return;
    one.timer = setTimeout(() => void one.session.end(), limits.idleTimeoutMs).unref();
  };

  /** Makes place for one more: a client that went away without a word must not lock its user out. */
  const makePlace = async (owner: string) => {
    const own = [...kept.values()].filter((one) => one.owner === owner);
    if (own.length + (opening.get(owner) ?? 0) >= limits.maxSessionsPerPrincipal) {
      const [oldest] = own
        .filter(({ activeRequests: underWay }) => underWay === 0)
        .sort((a, b) => a.lastUsed - b.lastUsed);
      if (!oldest) {
        const message = `You have ${limits.maxSessionsPerPrincipal} MCP sessions that are in use. End one with DELETE.`;
        throw new Fault('THROTTLED', message, { retryAfterMs: 5_000 });
      }
      await oldest.session.end();
    }
    if (kept.size >= limits.maxSessions) {
      throw new Fault('UNAVAILABLE', 'This server has as many MCP sessions as it can. Try again later.', {
        retryAfterMs: 30_000,
      });
    }
  };

  return {
    async open(who) {
      const owner = ownerKey(who);
      await makePlace(owner);
      opening.set(owner, (opening.get(owner) ?? 0) + 1);
      try {
        const session = await create();
        const one: SessionEntry = { session, owner, activeRequests: 0, lastUsed: now() };
        kept.set(session.id, one);
        session.ended.addEventListener('abort', () => {
          clearTimeout(one.timer);
          one.unwatch?.();
          kept.delete(session.id);
        });
        return session;
      } finally {
        const others = (opening.get(owner) ?? 1) - 1;
        if (others > 0) opening.set(owner, others);
        else opening.delete(owner);
      }
    },
    find(id, who) {
      const found = kept.get(id);
      if (found?.owner === ownerKey(who)) return found.session;
      throw new Fault('NOT_FOUND', 'You have no MCP session of this id. Begin another one with initialize.');
    },
    beginRequest(session, who) {
      const one = kept.get(session.id);
      if (!one) return () => {};
      if (one.activeRequests >= limits.maxRequestsPerSession) {
        const message = `A session may have at most ${limits.maxRequestsPerSession} concurrent requests. Wait for one of them.`;
        throw new Fault('THROTTLED', message, { retryAfterMs: 1_000 });
      }
      one.activeRequests += 1;
      one.unwatch?.();
      one.unwatch = onInvalid(who, () => void session.end());
      endWhenIdle(one);
      return () => {
        one.activeRequests -= 1;
        one.lastUsed = now();
        if (kept.has(session.id)) endWhenIdle(one);
      };
    },
    get all() {
      return [...kept.values()].map(({ session }) => session);
    },
  };
}
