import type { Inbox, RunMessage } from '../../core/leases.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';

/** A row of `messages`. */
interface MessageRow {
  readonly id: string;
  readonly runId: string;
  /** JSON of the message. */
  readonly payload: string;
  readonly createdAt: Date;
}

interface InboxDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  /** Adds the message unless it exists, and notifies every node once it is durable. */
  add(message: MessageRow): Promise<void>;
  watch: Inbox['onMessage'];
}

/** The table `messages`: a message to a run stays there until the run's driver has recorded it in the journal. */
export function createInbox({ prisma, transactions, add, watch }: InboxDeps): Inbox {
  return {
    send: (message) =>
      add({ id: message.id, runId: message.runId, payload: JSON.stringify(message), createdAt: new Date() }),
    read: async (runIds) => {
      if (runIds.length === 0) return [];
      const rows = await prisma.message.findMany({
        where: { runId: { in: [...runIds] } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(({ payload }) => JSON.parse(payload) as RunMessage);
    },
    onMessage: watch,
    acknowledge: async (ids) => {
      if (ids.length === 0) return;
      await transactions.write((client) => client.message.deleteMany({ where: { id: { in: [...ids] } } }));
    },
  };
}

/** The callers that watch for messages on this node. */
export function createInboxWatchers(): { readonly watch: Inbox['onMessage']; notify(runId: string): void } {
  const watchers = new Set<(runId: string) => void>();
  return {
    watch: (onMessage) => {
      // The same function may be added twice.
      const watcher = (runId: string) => onMessage(runId);
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    notify: (runId) => {
      for (const watcher of watchers) watcher(runId);
    },
  };
}
