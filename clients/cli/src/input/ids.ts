import { text } from 'node:stream/consumers';
import type { Context } from '../frame/context.ts';
import { UsageError } from '../output/exit-codes.ts';

/** The IDs of the arguments. `-` stands for those of standard input, one a line, as `-o id` prints them. @throws UsageError */
export async function readIds({ io }: Pick<Context, 'io'>, args: readonly string[]): Promise<string[]> {
  const lines = args.includes('-') ? (await text(io.stdin)).split('\n') : [];
  const ids = args.flatMap((id) =>
    id === '-' ? lines.map((line) => line.trim()).filter((line) => line !== '') : [id],
  );
  const invalid = ids.find((id) => !/^\w{1,128}$/.test(id));
  if (invalid !== undefined) throw new UsageError(`"${invalid}" is not an ID. Write one a line, as -o id prints them.`);
  return [...new Set(ids)];
}
