import { Cron } from 'croner';
import { Fault } from '../../core/errors.ts';
import type { ScheduleRule } from './workflow-document.ts';

/** The first time after `after`. @throws Fault BAD_INPUT for an invalid cron expression or time zone, or if there is no such time */
export function nextTime(rule: ScheduleRule, after: Date): Date {
  const { cron, timeZone } = rule;
  try {
    const next = cronOf(rule).nextRun(after);
    if (next) return next;
  } catch (cause) {
    throw new Fault('BAD_INPUT', `The schedule "${cron}" (${timeZone}) is invalid: ${(cause as Error).message}`, {
      cause,
    });
  }
  throw new Fault('BAD_INPUT', `The schedule "${cron}" is never due. Check its day and month.`);
}

/**
 * On the days when clocks change, as Vixie cron: a rule whose hours and minutes are named starts once at each, at the end of the
 * gap if the time does not exist; a rule with `*` or a step follows elapsed time. A step of a range (`2-14/12`) names hours.
 */
function cronOf({ cron, timeZone }: ScheduleRule): Cron {
  const named = cron.replaceAll(/\b(\d+)-(\d+)\/(\d+)\b/g, (text, ...numbers: string[]) => {
    const [first = 0, last = 0, step = 0] = numbers.slice(0, 3).map(Number);
    if (step === 0 || first > last || last > 59) return text;
    return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step).join(',');
  });
  return new Cron(named, { timezone: timeZone, fixedTimeRule: 'no-wildcard' });
}

/** Times that are looked at to find the busiest hour: a few milliseconds. */
const SAMPLED_STARTS = 100;
const MAX_HOURLY_STARTS = 3_600;
const HOUR_MS = 3_600_000;

/** How often the rule starts within the busiest hour; estimated from the next times when an hour has more than those. */
export function startsPerHour(rule: ScheduleRule, from: Date): number {
  const justBefore = new Date(from.getTime() - 1_000);
  const times = cronOf(rule).nextRuns(SAMPLED_STARTS, justBefore).map(Number);
  let [most, first] = [1, 0];
  for (const [last, at] of times.entries()) {
    while (at - (times[first] as number) >= HOUR_MS) first += 1;
    most = Math.max(most, last - first + 1);
  }
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  if (times.length < SAMPLED_STARTS || span >= HOUR_MS) return most;
  return Math.min(MAX_HOURLY_STARTS, Math.ceil(((times.length - 1) * HOUR_MS) / span));
}

/** Maximum of missed times that `catchUp: all` starts. */
const MAX_MISSED_STARTS = 100;

/** The due times from `first` on, oldest first. Searched from the end: there may be millions, and only the newest count. */
export function dueTimes(rule: ScheduleRule, first: Date, now: Date): readonly Date[] {
  const justAfter = new Date(now.getTime() + 1);
  const times = cronOf(rule).previousRuns(MAX_MISSED_STARTS, justAfter);
  const due = times.filter((at) => at >= first).reverse();
  return due.length > 0 ? due : [first];
}
