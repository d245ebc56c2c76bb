import { ResourcesDocument } from '../../../sdk/src/generated/graphql.ts';
import { SignalboxError } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';
import { readTextFile } from './document-source.ts';

/** The text of a file, of a URL, which the server reads under its policy, or of standard input (`-`). */
export async function readDocumentText(ctx: Context, document: string): Promise<string> {
  return isUri(document) ? readUri(ctx, document) : readTextFile(ctx, document);
}

/** Whether it begins with a scheme. */
export function isUri(document: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(document);
}

async function readUri({ client: connect, signal }: Context, uri: string): Promise<string> {
  const client = await connect();
  const { resources } = await client.request(ResourcesDocument, { uris: [uri] }, { signal });
  const content = resources[0]?.text;
  if (content == null) throw new SignalboxError('BAD_INPUT', `${uri} is not text.`);
  return content;
}
