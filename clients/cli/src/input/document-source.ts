import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Context } from '../frame/context.ts';
import { UsageError } from '../output/exit-codes.ts';

/** The document that an argument names. A saved workflow is a bare name; a file has a dot or a slash in its path. @throws UsageError */
export async function readDocument(ctx: Pick<Context, 'io'>, argument: string) {
  if (/^[A-Za-z][\w-]*$/.test(argument)) return { name: argument };
  return readUnsavedDocument(ctx, argument);
}

/** The document of a file, a URL or, with `-`, standard input. @throws UsageError */
export async function readUnsavedDocument(ctx: Pick<Context, 'io'>, argument: string) {
  if (/^[a-z][a-z0-9+.-]+:/i.test(argument)) return { uri: argument };
  return { yaml: await readTextFile(ctx, argument) };
}

/** The text of a file or, with `-`, of standard input. @throws UsageError */
export async function readTextFile({ io }: Pick<Context, 'io'>, file: string): Promise<string> {
  if (file === '-') return text(io.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${(error as Error).message}. Name a file, a URL, a saved workflow, or -.`,
    );
  }
}
