import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** One save makes several events; they are looked at together. */
const DEBOUNCE_MS = 50;
/** For what no event tells: network and container mounts, links to other folders, too many watches. */
const POLL_MS = 5_000;
/** The link that Kubernetes swaps when a mounted ConfigMap or Secret changes; the files themselves see no event. */
const MOUNT_LINK = '..data';

/**
 * Calls `check` whenever one of the files may have changed, and from time to time without a reason: it must look for
 * itself, and must not reject. Calls never overlap. Watches the folders, because editors replace a file by renaming.
 * Does not keep the process alive.
 */
export function watchFiles(
  files: readonly string[],
  check: () => Promise<void>,
  { pollMs = POLL_MS }: { readonly pollMs?: number } = {},
): { close(): void } {
  let gathering: NodeJS.Timeout | undefined;
  let running = false;
  let missed = false;
  let closed = false;

  const run = async () => {
    missed = running;
    if (running) return;
    running = true;
    await check();
    running = false;
    if (missed && !closed) changed();
  };
  // Not restarted by later events: in a busy folder it would never fire.
  const changed = () => {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      void run();
    }, DEBOUNCE_MS).unref();
  };

  const watchers = files.flatMap((file) => watchFolder(file, changed));
  const poll = setInterval(changed, pollMs).unref();
  return {
    close() {
      for (const watcher of watchers) watcher.close();
      clearInterval(poll);
      clearTimeout(gathering);
      closed = true;
    },
  };
}

/** None when the system gives no watch; then the poll alone must do. */
function watchFolder(file: string, changed: () => void): FSWatcher[] {
  try {
    const watcher = watch(dirname(file), { persistent: false }, (_, name) => {
      if (name === null || name === basename(file) || name === MOUNT_LINK) changed();
    });
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
