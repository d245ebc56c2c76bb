import type { User } from '../../core/principal.ts';
import type { DueSchedule, ScheduleRecord, Schedules } from '../../core/workflows/workflows.ts';
import type { Json } from '../../lib/json.ts';
import type { Prisma, Transactions } from '../connections/transactions.ts';
import { COUNTED_ENTRIES, idInRange, paginate, toTotalCount } from './paginate.ts';
import { lockWorkflowQuotas } from './quota-usage.ts';
import { toWorkflowRecord } from './workflows.ts';

interface ScheduleRow {
  readonly tenant: string;
  readonly name: string;
  readonly workflowId: string;
  readonly rule: string;
  readonly principal: string;
  readonly nextAt: Date | null;
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
      return rows.map((row) => toScheduleRecord(row) as DueSchedule);
    },
    advance: async ({ tenant, name, workflowId, nextAt: from }, nextAt) => {
      // One statement with the expected values: of several nodes, only one finds the row unchanged.
      const where = { tenant, name, workflowId, nextAt: from };
      const { count } = await transactions.write((client) => client.schedule.updateMany({ where, data: { nextAt } }));
      return count === 1;
    },
    nextAt: async () => {
      const where = { nextAt: { not: null } };
      const first = await prisma.schedule.findFirst({ where, orderBy: { nextAt: 'asc' }, select: { nextAt: true } });
      return first?.nextAt ?? undefined;
    },
    find: async (tenant, name) => {
      const row = await prisma.schedule.findUnique({ where: { tenant_name: { tenant, name } } });
      return row ? toScheduleRecord(row) : undefined;
    },
    list: async (tenant, page) => {
      // The id of the version is that of the entry in the list.
      const toEntry = (row: ScheduleRow) => ({ id: row.workflowId, ...toScheduleRecord(row) });
      return paginate(
        {
          prefix: 'wf',
          newestFirst: true,
          find: async (range, direction, take) => {
            const { id: workflowId } = idInRange(range);
            const where = { tenant, workflowId };
            const rows = await prisma.schedule.findMany({ where, orderBy: { workflowId: direction }, take });
            return { entries: rows.map(toEntry) };
          },
          count: async () => toTotalCount(await prisma.schedule.count({ where: { tenant }, take: COUNTED_ENTRIES })),
        },
        page,
      );
    },
    change: (tenant, name, nextAtOf) =>
      transactions.run(async (tx) => {
        await lockWorkflowQuotas(tx, tenant);
        const where = { tenant_name: { tenant, name } };
        const row = await tx.schedule.findUnique({ where });
        const workflow = row && (await tx.workflow.findUnique({ where: { id: row.workflowId } }));
        if (!row || !workflow) return undefined;
        const nextAt = nextAtOf(toScheduleRecord(row), toWorkflowRecord(workflow)) ?? null;
        return toScheduleRecord(await tx.schedule.update({ where, data: { nextAt } }));
      }),
  };
}

function toScheduleRecord({ rule, principal, nextAt, startsPerHour: _, ...row }: ScheduleRow): ScheduleRecord {
  const schedule = { ...row, rule: JSON.parse(rule) as Json, principal: JSON.parse(principal) as User };
  return nextAt ? { ...schedule, nextAt } : schedule;
}
