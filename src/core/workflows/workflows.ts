import type { Json, JsonObject } from '../../lib/json.ts';
import type { User } from '../principal.ts';
import type { Page, PageArgs } from '../store-reader.ts';

/** One version of a saved workflow. */
export interface WorkflowRecord {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  /** From 1. */
  readonly version: number;
  readonly description?: string;
  /** The document as submitted. */
  readonly yaml: string;
  readonly document: JsonObject;
  /** JSON Schema of the inputs. */
  readonly inputs: JsonObject;
  readonly createdAt: Date;
  readonly createdBy: User;
  /** The versions, by name, that the workflows had that its steps start. */
  readonly parts?: Readonly<Record<string, number>>;
}

export interface Workflows {
  /**
   * Saves the next version; text and parts equal to those of the newest version save nothing and return that version. With a schedule,
   * the newest version starts automatically from then on, unless the schedule is paused; without one, no version does.
   * @param schedule.startsPerHour in its busiest hour
   * @param assertMayReplace called in the transaction with the present version, if there is one; what it throws saves nothing
   * @throws Fault THROTTLED when a quota of `createdBy` or of the tenant is exceeded; exact, however many save at once
   */
  save(
    workflow: Omit<WorkflowRecord, 'id' | 'version'>,
    schedule?: { readonly rule: Json; readonly nextAt: Date; readonly startsPerHour: number },
    assertMayReplace?: (present: WorkflowRecord | undefined) => void,
  ): Promise<WorkflowRecord>;
  /** Saves nothing. @throws Fault what `save` would throw now */
  checkSave(...workflow: Parameters<Workflows['save']>): Promise<void>;
  /** The newest version; undefined when the workflow was deleted. */
  find(tenant: string, name: string): Promise<WorkflowRecord | undefined>;
  /** A version; undefined when the workflow was deleted, or never had it. */
  findVersion(tenant: string, name: string, version: number): Promise<WorkflowRecord | undefined>;
  /** The subjects of those who saved its versions; none when it was deleted. */
  authors(tenant: string, name: string): Promise<readonly string[]>;
  byId(tenant: string, id: string): Promise<WorkflowRecord | undefined>;
  /** The newest version of each workflow, newest first. */
  list(tenant: string, page: PageArgs): Promise<Page<WorkflowRecord>>;
  /** The versions of a workflow, newest first; none when it was deleted. */
  versions(tenant: string, name: string, page: PageArgs): Promise<Page<WorkflowRecord>>;
  /**
   * Keeps the runs, removes the schedule.
   * @param assertMayReplace as for `save`
   * @returns the version that was the newest; undefined when no such workflow exists.
   */
  remove(
    tenant: string,
    name: string,
    assertMayReplace?: (present: WorkflowRecord) => void,
  ): Promise<WorkflowRecord | undefined>;
}

/** Label of the runs that a schedule starts: the name of its workflow. */
export const SCHEDULE_LABEL = 'schedule';

/** When a saved workflow starts automatically next. */
export interface ScheduleRecord {
  readonly tenant: string;
  readonly name: string;
  readonly workflowId: string;
  /** JSON of a ScheduleRule. */
  readonly rule: Json;
  /** The principal that starts the run. */
  readonly principal: User;
  /** Absent while it is paused. */
  readonly nextAt?: Date;
}

export type DueSchedule = ScheduleRecord & { readonly nextAt: Date };

export interface Schedules {
  /** The schedules that are due, the longest overdue first. */
  due(now: Date, limit: number): Promise<readonly DueSchedule[]>;
  /** Sets the next time. False when another node did so first, which then starts the run, or when it was paused. */
  advance(schedule: DueSchedule, nextAt: Date): Promise<boolean>;
  nextAt(): Promise<Date | undefined>;
  find(tenant: string, name: string): Promise<ScheduleRecord | undefined>;
  /** The schedules of a tenant, those of the workflows that were saved last first. */
  list(tenant: string, page: PageArgs): Promise<Page<ScheduleRecord>>;
  /**
   * Pauses the schedule, or sets its next time. A new version of the workflow stays paused.
   * @param nextAt called in the transaction with the schedule and the newest version; undefined pauses. What it throws changes nothing
   * @returns undefined when there is no such schedule
   */
  change(
    tenant: string,
    name: string,
    nextAt: (schedule: ScheduleRecord, workflow: WorkflowRecord) => Date | undefined,
  ): Promise<ScheduleRecord | undefined>;
}
