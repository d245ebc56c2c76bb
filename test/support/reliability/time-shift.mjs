// Loaded into a server by --import: its clock is DAYS_AGO days behind, and timers of a minute or more fire after a second.
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const DAY_MS = 86_400_000;
const LONG_MS = 60_000;

const RealDate = Date;
const offsetMs = Number(process.env.DAYS_AGO ?? 0) * DAY_MS;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() - offsetMs);
    else super(...args);
  }
  static now() {
    return RealDate.now() - offsetMs;
  }
};

const wait = timers.setTimeout;
timers.setTimeout = (ms, ...rest) => wait(ms >= LONG_MS ? 1_000 : ms, ...rest);
syncBuiltinESMExports();
