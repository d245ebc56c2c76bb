import type { Settings } from '../api/settings.ts';

type Zone = Settings['zone'];

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The parts of a moment. Not by `Intl`, whose first use takes a tenth of a second of each page. */
function partsOf(at: string | number, zone: Zone) {
  const date = new Date(at);
  const eastMinutes = zone === 'utc' ? 0 : -date.getTimezoneOffset();
  const text = new Date(date.getTime() + eastMinutes * MINUTE).toISOString();
  return {
    day: `${MONTHS[Number(text.slice(5, 7)) - 1]} ${Number(text.slice(8, 10))}`,
    year: text.slice(0, 4),
    minutes: text.slice(11, 16),
    seconds: text.slice(11, 19),
    milliseconds: text.slice(11, 23),
    eastMinutes,
  };
}

/** `UTC`, `GMT+1`, `GMT-3:30`. */
function zoneText(eastMinutes: number, zone: Zone): string {
  if (zone === 'utc') return 'UTC';
  const minutes = Math.abs(eastMinutes);
  const rest = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`;
  return `GMT${eastMinutes < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest}`;
}

/** The whole moment: `Nov 30, 2026, 12:04:31.120 GMT+1`. */
export function momentText(at: string, zone: Zone): string {
  const { day, year, milliseconds, eastMinutes } = partsOf(at, zone);
  return `${day}, ${year}, ${milliseconds} ${zoneText(eastMinutes, zone)}`;
}

/** The time of day: `12:04:31`, with milliseconds `12:04:31.120`. */
export function clockText(at: string | number, zone: Zone, milliseconds = false): string {
  return partsOf(at, zone)[milliseconds ? 'milliseconds' : 'seconds'];
}

/** A moment without its year: `Nov 30, 12:04`. */
export function dayClockText(at: number, zone: Zone): string {
  const { day, minutes } = partsOf(at, zone);
  return `${day}, ${minutes}`;
}

/** `now`, `41s ago`, `in 5m`, `04:00` of the last day, `Nov 3`, `Nov 3, 2025`. */
export function relativeText(at: string, now: number, zone: Zone): string {
  const then = Date.parse(at);
  const distance = Math.abs(now - then);
  const inWords = (text: string) => (then > now ? `in ${text}` : `${text} ago`);
  if (distance < 10 * SECOND) return 'now';
  if (distance < MINUTE) return inWords(`${Math.floor(distance / SECOND)}s`);
  if (distance < HOUR) return inWords(`${Math.floor(distance / MINUTE)}m`);
  if (distance < DAY && then < now) return partsOf(at, zone).minutes;
  if (distance < DAY) return inWords(`${Math.floor(distance / HOUR)}h`);
  const { day, year } = partsOf(at, zone);
  return distance < 300 * DAY ? day : `${day}, ${year}`;
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

/** `1,234`. */
export function countText(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
