import { MAX_SAVED_VIEWS, type SavedView, type SavedViews } from '../../../core/accounts/saved-views.ts';
import { Fault } from '../../../core/errors.ts';
import { newId } from '../../../core/ids.ts';
import type { User } from '../../../core/principal.ts';
import type { Prisma, Transactions } from '../../connections/transactions.ts';

interface SavedViewsDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
}

/** The owner of views that all of a tenant have. */
const EVERYBODY = '';

/** The table `saved_views`. */
export function createSavedViews({ prisma, transactions }: SavedViewsDeps): SavedViews {
  const visibleTo = ({ tenant, subject }: User) => ({ tenant, subject: { in: [subject, EVERYBODY] } });
  return {
    save: ({ subject: own, tenant, username, roles }, { name, state, isShared }, savedAt) =>
      transactions.run(async (tx) => {
        const subject = isShared ? EVERYBODY : own;
        const where = { tenant_subject_name: { tenant, subject, name } };
        const savedBy = JSON.stringify({ subject: own, username, tenant, roles });
        const change = { state, savedBy, savedAt };
        // The row first, so that two who save at once do not both find the last place.
        const row = await tx.savedView.upsert({
          where,
          create: { id: newId('view'), tenant, subject, name, ...change },
          update: change,
        });
        if ((await tx.savedView.count({ where: { tenant, subject } })) > MAX_SAVED_VIEWS) {
          const message = `There are ${MAX_SAVED_VIEWS} saved views, the maximum. Delete one that is no longer needed.`;
          throw new Fault('CONFLICT', message);
        }
        return toSavedView(row);
      }),
    find: async (who, id) => {
      const row = await prisma.savedView.findFirst({ where: { id, ...visibleTo(who) } });
      return row ? toSavedView(row) : undefined;
    },
    findByName: async ({ tenant, subject }, name, isShared) => {
      const key = { tenant, subject: isShared ? EVERYBODY : subject, name };
      const row = await prisma.savedView.findUnique({ where: { tenant_subject_name: key } });
      return row ? toSavedView(row) : undefined;
    },
    remove: async (who, id) => {
      await transactions.write((client) => client.savedView.deleteMany({ where: { id, ...visibleTo(who) } }));
    },
    list: async (who) => {
      const rows = await prisma.savedView.findMany({
        where: visibleTo(who),
        orderBy: [{ subject: 'desc' }, { name: 'asc' }],
        take: 2 * MAX_SAVED_VIEWS,
      });
      return rows.map(toSavedView);
    },
  };
}

function toSavedView(row: {
  readonly id: string;
  readonly subject: string;
  readonly name: string;
  readonly state: string;
  readonly savedBy: string;
  readonly savedAt: Date;
}): SavedView {
  const { id, name, state, savedAt } = row;
  return { id, name, state, isShared: row.subject === EVERYBODY, savedBy: JSON.parse(row.savedBy) as User, savedAt };
}
