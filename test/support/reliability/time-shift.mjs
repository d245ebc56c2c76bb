// Given to a server by --import: it lives DAYS_AGO days ago, and waits a second for what is due in a minute or later.
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const DAY_MS = 86_400_000;
const LONG_MS = 60_000;

const Today = Date;
const ago = Number(process.env.DAYS_AGO ?? 0) * DAY_MS;

globalThis.Date = class extends Today {
  constructor(...args) {
    if (args.length === 0) super(Today.now() - ago);
    else super(...args);
  }
  static now() {
    return Today.now() - ago;
  }
};

const wait = timers.setTimeout;
timers.setTimeout = (ms, ...rest) => wait(ms >= LONG_MS ? 1_000 : ms, ...rest);
syncBuiltinESMExports();
