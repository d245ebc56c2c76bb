import { UsageError } from '../output/exit-codes.ts';
import type { Context } from './context.ts';
import { printText } from './print-text.ts';

const TEXT = /^text\/|[/+](?:json|xml|yaml|javascript)\b/;

/**
 * Writes the bytes of a response to standard output as they are, at the pace of its reader; to a terminal only text, without
 * control characters.
 * @throws UsageError for other bytes on a terminal
 */
export async function writeBytes(ctx: Context, response: Response, mediaType: string): Promise<void> {
  if (ctx.io.isTty(ctx.io.stdout)) {
    if (!TEXT.test(mediaType)) {
      await response.body?.cancel();
      throw new UsageError(`The result is ${mediaType}, which a terminal cannot show. Send it to a file: > FILE`);
    }
    return printText(ctx, await response.text());
  }
  for await (const chunk of response.body ?? []) await ctx.write(chunk);
}
