import { Fault } from '../../core/errors.ts';
import { type IdPrefix, idPrefix } from '../../core/ids.ts';
import type { Page, PageArgs } from '../../core/store-reader.ts';

/** Entries of one page at most, and how many there are unless the caller says. */
const MAX_PAGE_SIZE = 100;
const DEFAULT_PAGE_SIZE = 20;

const CURSOR_PREFIX = 'k1.';

/** A stretch of ids, both ends left out. Ids are UUIDv7, so their order is that of time. */
export interface IdRange {
  readonly over?: string;
  readonly under?: string;
}

interface PageSource<T> {
  readonly prefix: IdPrefix;
  /** Whether the list begins with the newest. */
  readonly newestFirst: boolean;
  /** The first `count` of the range, by id upwards or downwards. */
  find(range: IdRange, direction: 'asc' | 'desc', count: number): Promise<readonly T[]>;
  count(): Promise<number>;
}

/**
 * A page of a list in the order of ids, by Relay's rules (relay.dev/graphql/connections.htm): the cursor is the entry's
 * id, so a page costs the same wherever it lies, and what is added meanwhile does not shift it.
 * @throws Fault BAD_INPUT
 */
export async function paginate<T extends { readonly id: string }>(
  source: PageSource<T>,
  page: PageArgs,
): Promise<Page<T>> {
  const { backwards, size } = pageSize(page);
  const after = page.after === undefined ? undefined : decodeCursor('after', page.after, source.prefix);
  const before = page.before === undefined ? undefined : decodeCursor('before', page.before, source.prefix);
  const [over, under] = source.newestFirst ? [before, after] : [after, before];
  const direction = source.newestFirst === backwards ? 'asc' : 'desc';

  const range = { ...(over !== undefined && { over }), ...(under !== undefined && { under }) };
  // One more than asked for tells whether there is more.
  const found = await source.find(range, direction, size + 1);
  const shown = found.slice(0, size);
  const hasMore = found.length > size;
  return {
    edges: (backwards ? shown.reverse() : shown).map((node) => ({ cursor: encodeCursor(node.id), node })),
    // The entry that a cursor was made of lies on the other side.
    hasNextPage: backwards ? before !== undefined : hasMore,
    hasPreviousPage: backwards ? hasMore : after !== undefined,
    totalCount: source.count,
  };
}

function pageSize({ first, last }: PageArgs): { backwards: boolean; size: number } {
  if (first !== undefined && last !== undefined) {
    throw new Fault('BAD_INPUT', 'Pass first to page forwards, or last to page backwards, not both.', {
      path: ['last'],
    });
  }
  const size = first ?? last ?? DEFAULT_PAGE_SIZE;
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_PAGE_SIZE) {
    const path = [last === undefined ? 'first' : 'last'];
    throw new Fault('BAD_INPUT', `Ask for 0 to ${MAX_PAGE_SIZE} entries; take more in several pages.`, { path });
  }
  return { backwards: last !== undefined, size };
}

function encodeCursor(id: string): string {
  return CURSOR_PREFIX + Buffer.from(id).toString('base64url');
}

function decodeCursor(argument: string, cursor: string, prefix: IdPrefix): string {
  const id = cursor.startsWith(CURSOR_PREFIX)
    ? Buffer.from(cursor.slice(CURSOR_PREFIX.length), 'base64url').toString()
    : '';
  if (idPrefix(id) === prefix && encodeCursor(id) === cursor) return id;
  throw new Fault('BAD_INPUT', `${argument} is not a cursor of this list; pass one that an edge of it carried.`, {
    path: [argument],
  });
}
