import type { IncomingMessage } from 'node:http';

/** The two parts of what a request asks for. The query stands without its question mark; nothing is decoded. */
export function placeOf({ url = '' }: IncomingMessage): { readonly path: string; readonly query: string } {
  const mark = url.indexOf('?');
  return mark === -1 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}
