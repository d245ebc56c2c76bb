import type { Json, JsonObject } from '../lib/json.ts';
import type { User } from './principal.ts';
import type { Page, PageArgs } from './store-reader.ts';

/** One version of a saved workflow. */
export interface WorkflowRecord {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  /** From 1. */
  readonly version: number;
  readonly description?: string;
  /** As it was given. */
  readonly yaml: string;
  readonly document: JsonObject;
  /** JSON Schema of what it takes. */
  readonly inputs: JsonObject;
  readonly createdAt: Date;
  readonly createdBy: User;
}

export interface Workflows {
  /**
   * Saves the next version; the same text as the newest one saves nothing and gives that. With a schedule the newest
   * version starts by itself from then on; without, no version does.
   */
  save(
    workflow: Omit<WorkflowRecord, 'id' | 'version'>,
    schedule?: { readonly rule: Json; readonly nextAt: Date },
  ): Promise<WorkflowRecord>;
  /** The newest version, unless it was deleted. */
  find(tenant: string, name: string): Promise<WorkflowRecord | undefined>;
  byId(tenant: string, id: string): Promise<WorkflowRecord | undefined>;
  /** The newest version of each, newest first. */
  list(tenant: string, page: PageArgs): Promise<Page<WorkflowRecord>>;
  /** @returns the newest version as it was; undefined when there is none. Its runs stay, its schedule goes. */
  remove(tenant: string, name: string): Promise<WorkflowRecord | undefined>;
}

/** The time at which a saved workflow starts by itself next. */
export interface ScheduleRecord {
  readonly tenant: string;
  readonly name: string;
  readonly workflowId: string;
  /** JSON of a ScheduleRule. */
  readonly rule: Json;
  /** On whose behalf it starts. */
  readonly principal: User;
  readonly nextAt: Date;
}

export interface Schedules {
  /** Those whose time has come, the longest overdue first. */
  due(now: Date, limit: number): Promise<readonly ScheduleRecord[]>;
  /** Moves one on. False when another node was quicker: then that one starts the run. */
  advance(schedule: ScheduleRecord, nextAt: Date): Promise<boolean>;
  nextAt(): Promise<Date | undefined>;
  find(tenant: string, name: string): Promise<ScheduleRecord | undefined>;
}
