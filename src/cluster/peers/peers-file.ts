import { readFile } from 'node:fs/promises';
import type { Config } from '../../config/config.ts';
import { digestOf, type PeerSettings, readPeersFile } from '../../config/read-peers.ts';
import type { Logger } from '../../core/telemetry.ts';
import { readStable } from '../../policy/reload/read-stable.ts';
import { watchFiles } from '../../policy/reload/watch-files.ts';

/** The file of peers, as it is now. */
export interface PeersSource {
  find(senderId: string): PeerSettings | undefined;
  close(): void;
}

/**
 * The peers of the file, replaced as a whole when it or a file with a key changes. If the new ones are not valid, the log
 * says why, and the current ones stay in force.
 * @throws Error when the file is not valid at the start
 */
export function watchPeersFile(file: string, settings: Config['peers'], logger: Logger): PeersSource {
  let current = readPeersFile(file, settings);
  logger.info('peers.loaded', { peers: current.peers.size });
  /** The last message in the log, so that it is not repeated at every check. */
  let complaint: string | undefined;

  const readDigest = async () => digestOf(await Promise.all(current.files.map((path) => readFile(path, 'utf8'))));
  const reload = async () => {
    if ((await readStable(readDigest, (digest) => digest)) === current.digest) return;
    current = readPeersFile(file, settings);
    logger.info('peers.reloaded', { peers: current.peers.size });
  };
  const check = async () => {
    try {
      await reload();
      complaint = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== complaint) logger.error('peers.refused', { inForce: current.peers.size, message });
      complaint = message;
    }
  };
  const watch = watchFiles([file], check);
  return { find: (senderId) => current.peers.get(senderId), close: () => watch.close() };
}
