import type { NatsSettings } from '../config/config.ts';
import type { Logger } from '../core/telemetry.ts';
import type { Bus } from './bus.ts';
import { createInProcessBus } from './in-process-bus.ts';

/** On NATS if it is configured; otherwise in this process. @param workerId of a worker. @throws Fault UNAVAILABLE */
export async function openBus(nats: NatsSettings | undefined, logger: Logger, workerId?: string): Promise<Bus> {
  if (!nats) return createInProcessBus();
  // A server without NATS does not spend memory on its libraries.
  const { connectNatsBus } = await import('./nats-bus.ts');
  return connectNatsBus(nats, logger, workerId);
}
