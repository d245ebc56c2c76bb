import type { User } from '../../core/principal.ts';
import type { ScheduleRecord, Schedules } from '../../core/workflows.ts';
import type { Json } from '../../lib/json.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';

interface ScheduleRow {
  readonly tenant: string;
  readonly name: string;
  readonly workflowId: string;
  readonly rule: string;
  readonly principal: string;
  readonly nextAt: Date;
  readonly startsPerHour: number;
}

interface SchedulesDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
}

/** The table `schedules`. */
export function createSchedules({ prisma, transactions }: SchedulesDeps): Schedules {
  return {
    due: async (now, limit) => {
      const where = { nextAt: { lte: now } };
      const orderBy = [{ nextAt: 'asc' }, { tenant: 'asc' }, { name: 'asc' }] as const;
      const rows = await prisma.schedule.findMany({ where, orderBy: [...orderBy], take: limit });
      return rows.map(toScheduleRecord);
    },
    advance: async ({ tenant, name, workflowId, nextAt: from }, nextAt) => {
      // One statement with the expected values: of several nodes, only one finds the row unchanged.
      const where = { tenant, name, workflowId, nextAt: from };
      const { count } = await transactions.write((client) => client.schedule.updateMany({ where, data: { nextAt } }));
      return count === 1;
    },
    nextAt: async () => {
      const first = await prisma.schedule.findFirst({ orderBy: { nextAt: 'asc' }, select: { nextAt: true } });
      return first?.nextAt;
    },
    find: async (tenant, name) => {
      const row = await prisma.schedule.findUnique({ where: { tenant_name: { tenant, name } } });
      return row ? toScheduleRecord(row) : undefined;
    },
  };
}

function toScheduleRecord({ rule, principal, startsPerHour: _, ...row }: ScheduleRow): ScheduleRecord {
  return { ...row, rule: JSON.parse(rule) as Json, principal: JSON.parse(principal) as User };
}
