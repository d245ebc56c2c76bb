import type { AccessToken, AccessTokens, TokenOwner } from '../../../core/accounts/access-tokens.ts';
import type { Clock } from '../../../core/clock.ts';
import { Fault } from '../../../core/errors.ts';
import type { Role } from '../../../core/principal.ts';
import type { Logger } from '../../../core/telemetry.ts';
import type { DatabaseConfig } from '../../connections/database-config.ts';
import type { Prisma, Transaction, Transactions } from '../../connections/transactions.ts';
import { type FollowedTable, followTable, lockTable, type WatchChanges } from '../follow-table.ts';
import { COUNTED_ENTRIES, idInRange, paginate, toTotalCount } from '../paginate.ts';

interface AccessTokensDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly kind: DatabaseConfig['kind'];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly watch: WatchChanges;
}

const ROWS_PER_READ = 1_000;
/** Longer than any node may take to learn of a revocation. */
const KEPT_AFTER_END_MS = 86_400_000;
const USE_INTERVAL_MS = 600_000;

/** The table `access_tokens` with a copy in memory of those in force. Resolves once that is complete. */
export async function openAccessTokens(deps: AccessTokensDeps): Promise<AccessTokens & Pick<FollowedTable, 'close'>> {
  const { prisma, transactions, kind: database, clock, logger, watch } = deps;
  const byId = new Map<string, AccessToken & { readonly hash: string }>();
  const idOf = new Map<string, string>();
  const listeners = new Map<string, Set<() => void>>();
  const usesStored = new Map<string, number>();
  let revision = 0n;

  const forget = (id: string) => {
    idOf.delete(byId.get(id)?.hash ?? '');
    byId.delete(id);
    usesStored.delete(id);
  };
  const forgetExpired = () => {
    const now = clock.now();
    for (const { id, expiresAt } of byId.values()) if (expiresAt <= now) forget(id);
  };
  const readChanges = async () => {
    for (let wasFull = true; wasFull; ) {
      // What ended before this node started was never in its memory.
      const isInForce = revision === 0n ? { revoked: false, expiresAt: { gt: clock.now() } } : {};
      const rows = await prisma.accessToken.findMany({
        where: { revision: { gt: revision }, ...isInForce },
        orderBy: { revision: 'asc' },
        take: ROWS_PER_READ,
      });
      wasFull = rows.length === ROWS_PER_READ;
      if (rows.length > 0) forgetExpired();
      for (const row of rows) {
        revision = row.revision;
        if (row.revoked) forget(row.id);
        else if (row.expiresAt > clock.now()) {
          byId.set(row.id, { ...toAccessToken(row), hash: row.hash });
          idOf.set(row.hash, row.id);
        }
        for (const listener of [...(listeners.get(row.id) ?? [])]) listener();
      }
    }
  };
  const { refresh, close } = await followTable({ table: 'access_tokens', readChanges, watch, logger });

  /** Runs `work` with the next revisions, in the order in which nodes will read them. */
  const change = async <T>(work: (tx: Transaction, nextRevision: () => bigint) => Promise<T>): Promise<T> => {
    const result = await transactions.run(async (tx) => {
      await lockTable(tx, database, 'access_tokens');
      const { _max } = await tx.accessToken.aggregate({ _max: { revision: true } });
      let newest = _max.revision ?? 0n;
      return work(tx, () => {
        newest += 1n;
        return newest;
      });
    });
    await refresh();
    return result;
  };

  return {
    find: (hash) => byId.get(idOf.get(hash) ?? ''),
    byId: (id) => byId.get(id),
    watch: (id, listener) => {
      const own = listeners.get(id) ?? new Set();
      listeners.set(id, own.add(listener));
      return () => {
        own.delete(listener);
        if (own.size === 0 && listeners.get(id) === own) listeners.delete(id);
      };
    },
    create: ({ roles, ...token }, hash, limit) =>
      change(async (tx, nextRevision) => {
        const { kind, tenant, subject, createdAt } = token;
        const longAgo = new Date(createdAt.getTime() - KEPT_AFTER_END_MS);
        const own = { tenant, subject, kind, revoked: false, expiresAt: { gt: createdAt } };
        const others = await tx.accessToken.findMany({
          where: own,
          orderBy: { id: 'desc' },
          skip: limit - 1,
          select: { id: true },
        });
        // A sign-out that another one replaced would make tokens valid again.
        if (kind !== 'SESSION' && others.length > 0) throw tooMany(kind, limit);
        for (const { id } of others) await tx.accessToken.update(revocation(id, createdAt, nextRevision()));
        const row = { ...token, roles: JSON.stringify(roles), hash, revoked: false, revision: nextRevision() };
        // To sign out twice is the same.
        await tx.accessToken.upsert({ where: { id: token.id }, create: row, update: {} });
        await tx.accessToken.deleteMany({ where: { expiresAt: { lt: longAgo } } });
      }),
    extend: (id, expiresAt) =>
      change(async (tx, nextRevision) => {
        const where = { id, revoked: false, expiresAt: { lt: expiresAt } };
        await tx.accessToken.updateMany({ where, data: { expiresAt, revision: nextRevision() } });
      }),
    revoke: (owner, id, at) =>
      change(async (tx, nextRevision) => {
        const row = await tx.accessToken.findFirst({ where: { id, ...ownedBy(owner), revoked: false } });
        if (!row) return undefined;
        await tx.accessToken.update(revocation(id, at, nextRevision()));
        return toAccessToken(row);
      }),
    recordUse: ({ id, lastUsedAt }, at) => {
      const before = Math.max(usesStored.get(id) ?? 0, lastUsedAt?.getTime() ?? 0);
      if (at.getTime() - before < USE_INTERVAL_MS) return;
      usesStored.set(id, at.getTime());
      const stored = transactions.write((client) =>
        client.accessToken.updateMany({ where: { id }, data: { lastUsedAt: at } }),
      );
      stored.catch((error) => logger.warn('store.token_use_lost', { token: id, reason: String(error) }));
    },
    list: (owner, page) => {
      const where = { kind: 'API', ...ownedBy(owner), revoked: false };
      return paginate(
        {
          prefix: 'tok',
          newestFirst: true,
          find: async (range, direction, take) => {
            const rows = await prisma.accessToken.findMany({
              where: { AND: [where, idInRange(range)] },
              orderBy: { id: direction },
              take,
            });
            return { entries: rows.map(toAccessToken) };
          },
          count: async () => toTotalCount(await prisma.accessToken.count({ where, take: COUNTED_ENTRIES })),
        },
        page,
      );
    },
    close,
  };
}

function ownedBy({ tenant, subject }: TokenOwner): TokenOwner {
  return { tenant, ...(subject !== undefined && { subject }) };
}

function revocation(id: string, at: Date, revision: bigint) {
  return { where: { id }, data: { revoked: true, expiresAt: at, revision } };
}

function tooMany(kind: 'API' | 'SIGN_OUT', limit: number): Fault {
  const message =
    kind === 'API'
      ? `You have ${limit} API tokens, the maximum. Revoke one that you no longer need.`
      : `You have signed out ${limit} times within a day, the maximum. This token is valid until it expires.`;
  return new Fault('CONFLICT', message);
}

function toAccessToken({
  hash: _hash,
  revoked: _revoked,
  revision: _revision,
  ...row
}: Omit<AccessToken, 'roles' | 'kind'> & {
  readonly kind: string;
  readonly roles: string;
  readonly hash: string;
  readonly revoked: boolean;
  readonly revision: bigint;
}): AccessToken {
  return { ...row, kind: row.kind as AccessToken['kind'], roles: JSON.parse(row.roles) as Role[] };
}
