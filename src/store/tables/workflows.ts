import type { QuotaTable } from '../../core/accounts/accounts.ts';
import { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { User } from '../../core/principal.ts';
import type { PageArgs } from '../../core/store-reader.ts';
import type { WorkflowRecord, Workflows } from '../../core/workflows/workflows.ts';
import { canonicalJson, type JsonObject } from '../../lib/json.ts';
import type { Prisma, Transaction, Transactions } from '../connections/transactions.ts';
import type { WorkflowWhereInput } from '../generated/sqlite/models.ts';
import { COUNTED_ENTRIES, idInRange, paginate, toTotalCount } from './paginate.ts';
import { changeQuotas, lockWorkflowQuotas } from './quota-usage.ts';

/** How often a save is tried while others save the same name at the same time. */
const MAX_SAVE_ATTEMPTS = 50;

interface WorkflowsDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly quotas: QuotaTable;
}

interface WorkflowRow {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly version: number;
  readonly description: string | null;
  readonly yaml: string;
  readonly document: string;
  readonly inputs: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly parts: string | null;
}

/** Rolls back a save that is only checked. */
const ROLLBACK = new Error('a save that is only checked is rolled back');

/** The table `workflows`, and the rows of `schedules` that belong to saved workflows. */
export function createWorkflows({ prisma, transactions, quotas: limits }: WorkflowsDeps): Workflows {
  /** @returns whether it was paused */
  const removeSchedule = async (tx: Transaction, tenant: string, name: string, at: Date) => {
    const schedule = await tx.schedule.findUnique({ where: { tenant_name: { tenant, name } } });
    if (!schedule) return false;
    await tx.schedule.delete({ where: { tenant_name: { tenant, name } } });
    const amounts = { schedules: -1, scheduledStarts: -schedule.startsPerHour };
    await changeQuotas(tx, { who: JSON.parse(schedule.principal) as User, amounts, limits, at });
    return schedule.nextAt === null;
  };

  const newest = async (client: Pick<Transaction, 'workflow'>, tenant: string, name: string) =>
    client.workflow.findFirst({ where: { tenant, name }, orderBy: { version: 'desc' } });

  const saveOnce = (isCheck: boolean, ...[workflow, schedule, assertMayReplace]: Parameters<Workflows['save']>) =>
    transactions.run(async (tx) => {
      const { tenant, name, createdBy: who, createdAt: at } = workflow;
      await lockWorkflowQuotas(tx, tenant);
      const last = await newest(tx, tenant, name);
      assertMayReplace?.(last && last.deletedAt === null ? toWorkflowRecord(last) : undefined);
      if (last && last.deletedAt === null && isSame(last, workflow)) return toWorkflowRecord(last);
      await tx.workflow.updateMany({ where: { tenant, name, isNewest: true }, data: { isNewest: false } });
      const row = await tx.workflow.create({
        data: { ...toWorkflowRow(workflow, (last?.version ?? 0) + 1), isNewest: true },
      });
      const isPaused = await removeSchedule(tx, tenant, name, at);
      if (schedule) {
        const [rule, principal] = [JSON.stringify(schedule.rule), JSON.stringify(who)];
        const { startsPerHour } = schedule;
        const nextAt = isPaused ? null : schedule.nextAt;
        await tx.schedule.create({
          data: { tenant, name, workflowId: row.id, rule, principal, nextAt, startsPerHour },
        });
      }
      const isNew = last === null || last.deletedAt !== null;
      const saved = { workflows: isNew ? 1 : 0, workflowVersions: 1, workflowSaves: 1 };
      const scheduled = schedule && { schedules: 1, scheduledStarts: schedule.startsPerHour };
      await changeQuotas(tx, { who, amounts: { ...saved, ...scheduled }, limits, at });
      if (isCheck) throw ROLLBACK;
      return toWorkflowRecord(row);
    });
  const saveWithRetries = async (isCheck: boolean, ...saved: Parameters<Workflows['save']>) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await saveOnce(isCheck, ...saved);
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        if (tries === MAX_SAVE_ATTEMPTS) {
          const message = `The workflow ${saved[0].name} was not saved, because others are saving it at the same time. Try again.`;
          throw new Fault('UNAVAILABLE', message, { cause: error });
        }
      }
    }
  };

  const pageOf = (where: WorkflowWhereInput, page: PageArgs) =>
    paginate(
      {
        prefix: 'wf',
        newestFirst: true,
        find: async (range, direction, take) => {
          const rows = await prisma.workflow.findMany({
            where: { ...where, ...idInRange(range) },
            orderBy: { id: direction },
            take,
          });
          return { entries: rows.map(toWorkflowRecord) };
        },
        count: async () => toTotalCount(await prisma.workflow.count({ where, take: COUNTED_ENTRIES })),
      },
      page,
    );

  return {
    save: (...workflow) => saveWithRetries(false, ...workflow),
    checkSave: async (...workflow) => {
      await saveWithRetries(true, ...workflow).catch((error: unknown) => {
        if (error !== ROLLBACK) throw error;
      });
    },
    find: async (tenant, name) => {
      const row = await newest(prisma, tenant, name);
      return row && row.deletedAt === null ? toWorkflowRecord(row) : undefined;
    },
    findVersion: async (tenant, name, version) => {
      const row = await prisma.workflow.findFirst({ where: { tenant, name, version, deletedAt: null } });
      return row ? toWorkflowRecord(row) : undefined;
    },
    authors: async (tenant, name) => {
      const where = { tenant, name, deletedAt: null };
      const groups = await prisma.workflow.groupBy({ by: ['createdBy'], where });
      return [...new Set(groups.map(({ createdBy }) => (JSON.parse(createdBy) as User).subject))];
    },
    byId: async (tenant, id) => {
      const row = await prisma.workflow.findFirst({ where: { tenant, id } });
      return row ? toWorkflowRecord(row) : undefined;
    },
    list: (tenant, page) => pageOf({ tenant, isNewest: true }, page),
    versions: (tenant, name, page) => pageOf({ tenant, name, deletedAt: null }, page),
    remove: (tenant, name, assertMayReplace) =>
      transactions.run(async (tx) => {
        await lockWorkflowQuotas(tx, tenant);
        const at = new Date();
        await removeSchedule(tx, tenant, name, at);
        const row = await newest(tx, tenant, name);
        if (!row || row.deletedAt !== null) return undefined;
        assertMayReplace?.(toWorkflowRecord(row));
        const where = { tenant, name, deletedAt: null };
        const select = { createdBy: true } as const;
        const versions = await tx.workflow.findMany({ where, orderBy: { version: 'asc' }, select });
        await tx.workflow.updateMany({ where, data: { deletedAt: at, isNewest: false } });
        const authors = versions.map(({ createdBy }) => JSON.parse(createdBy) as User);
        const countOf = new Map<string, number>();
        for (const { subject } of authors) countOf.set(subject, (countOf.get(subject) ?? 0) + 1);
        for (const [subject, count] of countOf) {
          const who = authors.find((author) => author.subject === subject) as User;
          const amounts = { workflows: who === authors[0] ? -1 : 0, workflowVersions: -count };
          await changeQuotas(tx, { who, amounts, limits, at });
        }
        return toWorkflowRecord(row);
      }),
  };
}

/** The author counts too: who saves the text of another, or has other roles than before, becomes the author of a new version. */
function isSame({ yaml, parts, createdBy }: WorkflowRow, workflow: Omit<WorkflowRecord, 'id' | 'version'>): boolean {
  const { subject, roles } = JSON.parse(createdBy) as User;
  const isSameAuthor =
    subject === workflow.createdBy.subject && roles.toSorted().join() === workflow.createdBy.roles.toSorted().join();
  return isSameAuthor && yaml === workflow.yaml && (parts ?? '{}') === canonicalJson(workflow.parts ?? {});
}

/** Another save has taken the version, or added the schedule. */
function isUniqueViolation(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'P2002';
}

function toWorkflowRow(
  { document, inputs, createdBy, parts, ...workflow }: Omit<WorkflowRecord, 'id' | 'version'>,
  version: number,
) {
  return {
    ...workflow,
    id: newId('wf'),
    version,
    document: JSON.stringify(document),
    inputs: JSON.stringify(inputs),
    createdBy: JSON.stringify(createdBy),
    parts: parts ? canonicalJson(parts) : null,
  };
}

export function toWorkflowRecord(row: WorkflowRow): WorkflowRecord {
  return {
    id: row.id,
    tenant: row.tenant,
    name: row.name,
    version: row.version,
    ...(row.description !== null && { description: row.description }),
    yaml: row.yaml,
    document: JSON.parse(row.document) as JsonObject,
    inputs: JSON.parse(row.inputs) as JsonObject,
    createdAt: row.createdAt,
    createdBy: JSON.parse(row.createdBy) as User,
    ...(row.parts !== null && { parts: JSON.parse(row.parts) as Record<string, number> }),
  };
}
