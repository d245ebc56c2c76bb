import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** One save causes several events, which are handled together. */
const DEBOUNCE_MS = 50;
/** For changes without an event: network and container mounts, links to other folders, too many watches. */
const POLL_MS = 5_000;
/** The link that Kubernetes swaps when a mounted ConfigMap or Secret changes; the files themselves get no event. */
const MOUNT_LINK = '..data';

/**
 * Calls `check` whenever one of the files may have changed, and also periodically: it must find out itself, and must not
 * reject. Calls never overlap. Watches the folders, because editors replace a file by renaming.
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
  // Later events do not restart it: in a busy folder it would never fire.
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

/** Undefined when the system provides no watch; then only polling remains. */
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
