import { once } from 'node:events';
import { UsageError } from '../output/exit-codes.ts';
import { sanitize } from '../output/sanitize.ts';
import type { Context } from './context.ts';

const TEXT = /^text\/|[/+](?:json|xml|yaml|javascript)\b/;

/**
 * Writes the bytes of a response to standard output as they are, at the pace of its reader; to a terminal only text, without
 * control characters.
 * @throws UsageError for other bytes on a terminal
 */
export async function writeBytes({ io, signal }: Context, response: Response, mediaType: string): Promise<void> {
  const { stdout } = io;
  if (io.isTty(stdout)) {
    if (!TEXT.test(mediaType)) {
      await response.body?.cancel();
      throw new UsageError(`The result is ${mediaType}, which a terminal cannot show. Send it to a file: > FILE`);
    }
    stdout.write(`${sanitize(await response.text()).trimEnd()}\n`);
    return;
  }
  for await (const chunk of response.body ?? []) {
    if (!stdout.write(chunk)) await once(stdout, 'drain', { signal });
  }
}
