import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { HealthCheck, Logger, StorageWatch } from '../../core/telemetry.ts';
import type { PageReport } from './check-pages.ts';
import { runPageCheck } from './run-page-check.ts';

const CHECK_INTERVAL_MS = 15 * 60_000;

const REMOVED =
  'The database file was removed or replaced while the server runs: what is recorded now is lost when it stops. Put the file back, or stop the server and restore a backup.';
const DAMAGED =
  'The database file is damaged; the log has what was found. Stop the server, keep a copy of the file, and restore a backup.';

/** Checks the pages of an open database file periodically, and at each call whether its path still names it. */
export function watchDatabaseFile(file: string, logger: Logger): StorageWatch {
  const opened = statSync(file);
  const stopping = new AbortController();
  let report: PageReport | undefined;

  const check = async () => {
    try {
      const next = await runPageCheck(file, stopping.signal);
      if (next.problems.length > 0) logger.error('store.damaged', { file, problems: next.problems });
      // A sample that misses the damage does not undo it.
      if (!report || report.problems.length === 0 || next.complete) report = next;
    } catch (error) {
      if (!stopping.signal.aborted) logger.warn('store.page_check_failed', { file, error: String(error) });
    }
  };
  let running = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const checkNext = () => {
    running = running.then(check);
  };

  return {
    begin() {
      checkNext();
      timer = setInterval(checkNext, CHECK_INTERVAL_MS).unref();
    },
    async check(): Promise<HealthCheck> {
      const named = await stat(file).catch(() => undefined);
      const isInPlace = named?.dev === opened.dev && named.ino === opened.ino;
      const detail = !isInPlace ? REMOVED : report && report.problems.length > 0 ? DAMAGED : undefined;
      return { name: 'storage', ...(detail === undefined ? { status: 'OK' } : { status: 'DOWN', detail }) };
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
