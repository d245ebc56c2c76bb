import type { Clock } from '../../core/clock.ts';
import type { SavedHandshake, WorkerHandshakes } from '../../core/runtime.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { KnownHandshake } from './worker.ts';

/** Rows that are written together. */
const MAX_BATCH = 500;

/** Saves handshakes, some time after they were heard. */
export interface HandshakeLog {
  add(handshake: KnownHandshake): void;
  remove(workerIds: readonly string[]): void;
  /** Writes the next ones; what fails is written by a later call. To be called regularly. */
  flush(): Promise<void>;
}

export function createHandshakeLog(handshakes: WorkerHandshakes, clock: Clock, logger: Logger): HandshakeLog {
  /** The newest of each worker; undefined to remove it. */
  const pending = new Map<string, SavedHandshake | undefined>();
  /** What was said last, so that what is said again is not written again. */
  const known = new Map<string, string>();
  let writing: Promise<void> | undefined;
  let hasFailed = false;

  const write = async () => {
    const batch = [...pending].slice(0, MAX_BATCH);
    for (const [workerId] of batch) pending.delete(workerId);
    const saved = batch.flatMap(([, handshake]) => handshake ?? []);
    const removed = batch.flatMap(([workerId, handshake]) => (handshake ? [] : workerId));
    try {
      if (saved.length > 0) await handshakes.save(saved);
      if (removed.length > 0) await handshakes.remove(removed);
      hasFailed = false;
    } catch (error) {
      for (const [workerId, handshake] of batch) if (!pending.has(workerId)) pending.set(workerId, handshake);
      if (!hasFailed) logger.warn('workers.handshakes_unsaved', { reason: String(error) });
      hasFailed = true;
    }
  };
  return {
    add(handshake) {
      const { workerId } = handshake;
      const content = JSON.stringify(handshake);
      if (known.get(workerId) === content) return;
      known.set(workerId, content);
      pending.set(workerId, { ...handshake, at: clock.now() });
    },
    remove(workerIds) {
      for (const workerId of workerIds) {
        known.delete(workerId);
        pending.set(workerId, undefined);
      }
    },
    flush: () => {
      if (pending.size === 0 && !writing) return Promise.resolve();
      writing ??= write().finally(() => {
        writing = undefined;
      });
      return writing;
    },
  };
}
