import { isIPv6 } from 'node:net';
import type { Config } from '../config/config.ts';
import { releaseStartMemory } from '../lib/system/release-memory.ts';
import { loadPlugins } from '../plugins/load-plugins.ts';
import { openAdapters } from './adapters.ts';
import { openAgentsAndTools } from './agents-and-tools.ts';
import { openEngine } from './engine.ts';
import { createSurfaces } from './surfaces.ts';
import { createWebhookParts } from './webhooks.ts';

/** A server that is running. */
export interface Server {
  /** `http://HOST:PORT` */
  readonly url: string;
  /** Takes no more requests, lets running ones finish, closes everything. The next start continues what is left. */
  stop(): Promise<void>;
}

/**
 * The composition root: config → plugins → adapters → agents and tools → engine → surfaces, from the lowest layer up. A start
 * that fails closes what it opened, in reverse order.
 * @throws Fault BAD_INPUT for a policy or plugin that is not valid, CONFLICT when another process uses the data folder,
 * UNAVAILABLE when the database or NATS cannot be reached or the port is taken
 */
export async function startServer(config: Config): Promise<Server> {
  await using opened = new AsyncDisposableStack();
  const plugins = await loadPlugins(config.plugins);
  const adapters = await openAdapters(config, plugins, opened);
  const { logger, version } = adapters;
  const agentsAndTools = await openAgentsAndTools(
    config,
    { ...adapters, credentials: adapters.store.credentials },
    plugins,
  );
  const engineParts = await openEngine(config, adapters, agentsAndTools, plugins, opened);
  const { engine } = engineParts;
  const webhooks = createWebhookParts(config, adapters, engineParts);
  opened.defer(() => webhooks.loop.stop());
  const surfaces = await createSurfaces(config, adapters, agentsAndTools, engineParts, webhooks);
  /** A start that fails waits for nothing. */
  let drainMs = 0;
  opened.defer(async () => void (await Promise.all([surfaces.close(drainMs), engine.stop(drainMs)])));
  await engine.begin();
  webhooks.loop.begin();
  releaseStartMemory();
  const { address, port } = await surfaces.listen();
  adapters.storage.begin();
  logger.info('server.started', { address, port, version, mode: config.mode });

  const running = opened.move();
  return {
    url: `http://${isIPv6(address) ? `[${address}]` : address}:${port}`,
    async stop() {
      ({ drainMs } = config.engine);
      logger.info('server.stopping', { drainMs });
      await running.disposeAsync();
      logger.info('server.stopped');
      await logger.flush();
    },
  };
}
