import { measureFlow } from './clients/measure-flow.ts';
import { measureWebhooks } from './clients/measure-webhooks.ts';
import type { BenchOptions } from './load/figure.ts';

/** Webhooks that start runs, and what the limits by key of a workflow cost its runs. */
export async function main(options: BenchOptions): Promise<void> {
  await measureWebhooks(options);
  await measureFlow(options);
}
