import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Context } from '../../frame/context.ts';
import { printText } from '../../frame/print-text.ts';
import { readTextFile } from '../../input/document-source.ts';
import { readVersion } from './read-version.ts';

/** Prints the difference of two texts of a workflow, unified; nothing when they are the same. */
export async function run(ctx: Context, [name, first, second]: readonly unknown[]): Promise<undefined> {
  const workflow = String(name);
  const read = async (argument: unknown): Promise<Side> => {
    if (argument !== undefined && !/^\d+$/.test(String(argument))) {
      return { title: String(argument), text: await readTextFile(ctx, String(argument)) };
    }
    const { version, yaml } = await readVersion(ctx, workflow, argument as string | undefined);
    return { title: `${workflow} version ${version}`, text: yaml };
  };
  const isFile = !/^\d+$/.test(String(first));
  const [from, to] = isFile && second === undefined ? [undefined, first] : [first, second];
  const left = await read(from);
  const right = await read(to);
  if (left.text === right.text) return;
  const diff = createTwoFilesPatch(left.title, right.title, left.text, right.text, undefined, undefined, {
    headerOptions: FILE_HEADERS_ONLY,
  });
  if (ctx.output === 'table') await printText(ctx, diff);
  else await ctx.print([{ id: workflow, from: left.title, to: right.title, diff }]);
}

interface Side {
  readonly title: string;
  readonly text: string;
}
