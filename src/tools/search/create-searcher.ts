import type { Config } from '../../config/config.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { brave } from './brave.ts';
import { offlineIndex } from './offline-index.ts';
import type { Searcher } from './searcher.ts';
import { searxng } from './searxng.ts';

export interface CreateSearcherDeps {
  readonly settings: Config['tools']['search'];
  readonly localRoots: Config['resources']['localRoots'];
  readonly outgoing: Pick<Outgoing, 'fetch'>;
}

/** The configured provider; without one, the offline index. */
export function createSearcher({ settings, localRoots, outgoing }: CreateSearcherDeps): Searcher {
  const { searxngUrl, braveApiKey, indexDir } = settings;
  if (searxngUrl !== undefined) return searxng({ url: searxngUrl, outgoing });
  if (braveApiKey) return brave({ apiKey: braveApiKey, outgoing });
  return offlineIndex({ folder: indexDir, localRoots });
}
