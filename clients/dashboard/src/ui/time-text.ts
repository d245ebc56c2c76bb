import type { Settings } from '../api/settings.ts';

type Zone = Settings['zone'];

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes longer than using it a thousand times. */
function format(zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en', {
    hourCycle: 'h23',
    ...options,
    ...(zone === 'utc' && { timeZone: 'UTC' }),
  });
  formats.set(key, made);
  return made;
}

/** The whole moment: `Nov 30, 2026, 12:04:31.120 GMT+1`. */
export function momentText(at: string, zone: Zone): string {
  return format(zone, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
  }).format(Date.parse(at));
}

/** The time of day: `12:04:31`, with milliseconds `12:04:31.120`. */
export function clockText(at: string | number, zone: Zone, milliseconds = false): string {
  return format(zone, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    ...(milliseconds && { fractionalSecondDigits: 3 as const }),
  }).format(typeof at === 'number' ? at : Date.parse(at));
}

/** A moment without its year: `Nov 30, 12:04`. */
export function dayClockText(at: number, zone: Zone): string {
  return format(zone, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(at);
}

/** `now`, `41s ago`, `in 5m`, `04:00` of the last day, `Nov 3`, `Nov 3, 2025`. */
export function relativeText(at: string, now: number, zone: Zone): string {
  const then = Date.parse(at);
  const distance = Math.abs(now - then);
  const inWords = (text: string) => (then > now ? `in ${text}` : `${text} ago`);
  if (distance < 10 * SECOND) return 'now';
  if (distance < MINUTE) return inWords(`${Math.floor(distance / SECOND)}s`);
  if (distance < HOUR) return inWords(`${Math.floor(distance / MINUTE)}m`);
  if (distance < DAY && then < now) return format(zone, { hour: '2-digit', minute: '2-digit' }).format(then);
  if (distance < DAY) return inWords(`${Math.floor(distance / HOUR)}h`);
  const sameYear = distance < 300 * DAY;
  return format(zone, { month: 'short', day: 'numeric', ...(!sameYear && { year: 'numeric' as const }) }).format(then);
}

/** `12 ms`, `1.2s`, `41s`, `2m 11s`, `3h 4m`, `2d 3h`. */
export function durationText(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)}s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m ${Math.floor((ms % MINUTE) / SECOND)}s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h ${Math.floor((ms % HOUR) / MINUTE)}m`;
  return `${Math.floor(ms / DAY)}d ${Math.floor((ms % DAY) / HOUR)}h`;
}

/** `812 B`, `1.2 KB`, `4.0 MB`: decimal, as disks and networks count. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power - 1]}`;
}
