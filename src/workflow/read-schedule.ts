import { Cron } from 'croner';
import { isJsonObject, type Json } from '../lib/json.ts';
import type { Problems } from './model/problems.ts';
import type { ScheduleRule } from './model/workflow-document.ts';

/** The schedule of a document, whose shape must have been checked. */
export function readSchedule(schedule: Json | undefined, problems: Problems): ScheduleRule | undefined {
  if (!isJsonObject(schedule) || typeof schedule.cron !== 'string') return undefined;
  const { cron, time_zone: timeZone = 'UTC', overlap = 'skip', catch_up: catchUp = 'one' } = schedule;
  const fields = cron.trim().split(/\s+/);
  const problem =
    fields.length === 5 || fields.length === 6 ? cronProblem(fields.join(' ')) : `it has ${fields.length}`;
  if (problem !== undefined) {
    const message = `schedule.cron must have five fields (minute, hour, day, month, weekday), or six with seconds first: ${problem}.`;
    problems.error(message, ['schedule', 'cron']);
  }
  if (typeof timeZone !== 'string' || !isTimeZone(timeZone)) {
    problems.error(
      `schedule.time_zone ${JSON.stringify(timeZone)} is not a time zone. Use an IANA name such as Europe/Warsaw.`,
      ['schedule', 'time_zone'],
    );
  }
  return { cron: fields.join(' '), timeZone, overlap, catchUp } as ScheduleRule;
}

function cronProblem(cron: string): string | undefined {
  try {
    new Cron(cron, { paused: true, timezone: 'UTC' });
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replace(/^CronPattern: /, '').slice(0, 200);
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
