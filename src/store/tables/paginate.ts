import { Fault } from '../../core/errors.ts';
import { type IdPrefix, idPrefix } from '../../core/ids.ts';
import { MAX_TOTAL_COUNT, type Page, type PageArgs, type TotalCount } from '../../core/store-reader.ts';

/** Entries of one page: the maximum, and the default. */
const MAX_PAGE_SIZE = 100;
const DEFAULT_PAGE_SIZE = 20;

/** Entries that are counted at most. One entry more than the greatest count shows that there are more. */
export const COUNTED_ENTRIES = MAX_TOTAL_COUNT + 1;

const CURSOR_PREFIX = 'k1.';

/** A range of ids, without its bounds. Ids are UUIDv7, so they are in order of time. */
export interface IdRange {
  readonly above?: string;
  readonly below?: string;
}

/** The range as a condition of Prisma. */
export function idInRange({ above, below }: IdRange): { id: { gt?: string; lt?: string } } {
  return { id: { ...(above !== undefined && { gt: above }), ...(below !== undefined && { lt: below }) } };
}

/** The first entries of a range. */
export interface Found<T> {
  readonly entries: readonly T[];
  /** The id where a search stopped before it had enough entries: what follows is not known yet. */
  readonly searchedTo?: string;
}

interface PageSource<T> {
  readonly prefix: IdPrefix;
  /** Whether the list starts with the newest entry. */
  readonly newestFirst: boolean;
  /** The first `count` entries of the range, by ascending or descending id. */
  find(range: IdRange, direction: 'asc' | 'desc', count: number): Promise<Found<T>>;
  /** Reads about COUNTED_ENTRIES entries at most. */
  count(): Promise<TotalCount>;
}

/** @param isComplete whether the whole list was searched for the entries that were counted */
export function toTotalCount(counted: number, isComplete = true): TotalCount {
  return { count: Math.min(counted, MAX_TOTAL_COUNT), isExact: isComplete && counted <= MAX_TOTAL_COUNT };
}

/**
 * A page of a list ordered by id, by Relay's rules (relay.dev/graphql/connections.htm). The cursor is the entry's id, so
 * every page costs the same, and entries that are added meanwhile do not shift it.
 * @throws Fault BAD_INPUT
 */
export async function paginate<T extends { readonly id: string }>(
  source: PageSource<T>,
  page: PageArgs,
): Promise<Page<T>> {
  const { backwards, size } = pageSize(page);
  const after = page.after === undefined ? undefined : decodeCursor('after', page.after, source.prefix);
  const before = page.before === undefined ? undefined : decodeCursor('before', page.before, source.prefix);
  const [above, below] = source.newestFirst ? [before, after] : [after, before];
  const direction = source.newestFirst === backwards ? 'asc' : 'desc';

  const range: IdRange = { ...(above !== undefined && { above }), ...(below !== undefined && { below }) };
  // One entry more than requested shows whether there is another page.
  const { entries, searchedTo } = await source.find(range, direction, size + 1);
  const shown = entries.slice(0, size);
  const hasMore = entries.length > size || searchedTo !== undefined;
  const edges = (backwards ? shown.reverse() : shown).map((node) => ({ cursor: encodeCursor(node.id), node }));
  // If the page is full, the search continues after its last entry.
  const end = searchedTo !== undefined && entries.length <= size ? encodeCursor(searchedTo) : undefined;
  const [startCursor, endCursor] = [edges[0]?.cursor, edges.at(-1)?.cursor];
  let total: Promise<TotalCount> | undefined;
  return {
    edges,
    startCursor: (backwards ? end : undefined) ?? startCursor,
    endCursor: (backwards ? undefined : end) ?? endCursor,
    // The entry that the cursor names is on the other side.
    hasNextPage: backwards ? before !== undefined : hasMore,
    hasPreviousPage: backwards ? hasMore : after !== undefined,
    totalCount: () => {
      total ??= source.count();
      return total;
    },
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
