import { Fault } from '../../../../core/errors.ts';
import { MAX_TOTAL_COUNT, type Page, type PageArgs } from '../../../../core/store-reader.ts';
import { builder } from './builder.ts';

/** Maximum number of entries in a page of a connection, and of items in a list argument. */
export const MAX_PAGE_SIZE = 100;
/** Maximum number of events in one batch. */
export const MAX_BATCH_EVENTS = 1_000;
const DEFAULT_PAGE_SIZE = 50;
/** Points of a count, which reads up to 10,000 entries of an index. */
const COUNT_COST = 20;

type Nullable<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/** Relay's arguments, validated. Default: the first page. @throws Fault BAD_INPUT */
export function parsePageArgs({ first, after, last, before }: Nullable<PageArgs>): PageArgs {
  if (first != null && last != null) {
    throw new Fault(
      'BAD_INPUT',
      'first and last exclude each other. Pass first to page forwards or last to page backwards.',
      {
        path: ['last'],
      },
    );
  }
  if (last != null) return { last: requireInRange('last', last, 0, MAX_PAGE_SIZE), ...(before != null && { before }) };
  return {
    first: requireInRange('first', first ?? DEFAULT_PAGE_SIZE, 0, MAX_PAGE_SIZE),
    ...(after != null && { after }),
    ...(before != null && { before }),
  };
}

/**
 * The number, when it is in the range.
 * @param name path of the argument, with dots
 * @param advice what to do instead
 * @throws Fault BAD_INPUT
 */
export function requireInRange(
  name: string,
  value: number,
  min: number,
  max: number,
  advice = 'read more in several pages',
): number {
  if (value >= min && value <= max) return value;
  throw new Fault('BAD_INPUT', `${name} must be a number from ${min} to ${max}; ${advice}.`, { path: name.split('.') });
}

interface PageInfoFields {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | undefined;
  readonly endCursor: string | undefined;
}

const PageInfo = builder.objectRef<PageInfoFields>('PageInfo').implement({
  description: 'Position of a page in its list (Relay cursor connections).',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', {
      description:
        'True when entries follow this page, or may: a search for rare matches ends its page early, and continues after `endCursor`.',
    }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'True when entries precede this page.' }),
    startCursor: t.exposeString('startCursor', {
      nullable: true,
      description:
        'Cursor of the first entry, for `before`, or of where a search for matches has stopped. Null when neither exists.',
    }),
    endCursor: t.exposeString('endCursor', {
      nullable: true,
      description:
        'Cursor of the last entry, for `after`, or of where a search for matches has stopped. Null when neither exists.',
    }),
  }),
});

type ObjectRef<T> = ReturnType<typeof builder.objectRef<T>>;

/** The Relay connection of a node type: the objects `<Name>Connection` and `<Name>Edge`. */
export function createConnectionType<T>(name: string, Node: ObjectRef<T>) {
  const noun = name.replace(/(?<=[a-z])[A-Z]/g, ' $&').toLowerCase();
  const Edge = builder.objectRef<{ readonly cursor: string; readonly node: T }>(`${name}Edge`).implement({
    description: `An entry of ${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}Connection.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Cursor of the entry, for `after` and `before`.' }),
      node: t.field({
        type: Node,
        description: `The ${noun}.`,
        resolve: ({ node }) => node as never,
      }),
    }),
  });
  return builder.objectRef<Page<T>>(`${name}Connection`).implement({
    description: `A page of a list of ${noun.replace(/y$/, 'ie')}s (Relay cursor connections).`,
    fields: (t) => ({
      edges: t.field({
        type: [Edge],
        description: 'The entries with their cursors.',
        extensions: { listSize: 1 },
        resolve: ({ edges }) => [...edges],
      }),
      nodes: t.field({
        type: [Node],
        description: 'The entries without their cursors.',
        extensions: { listSize: 1 },
        resolve: ({ edges }) => edges.map(({ node }) => node) as never,
      }),
      pageInfo: t.field({
        type: PageInfo,
        description: 'Position of the page in the list.',
        resolve: (page) => page,
      }),
      totalCount: t.int({
        description: `Number of entries on all pages, counted up to ${MAX_TOTAL_COUNT}; \`totalCountIsExact\` says whether there may be more. Counted only when selected.`,
        extensions: { cost: COUNT_COST, once: true },
        resolve: async (page) => (await page.totalCount()).count,
      }),
      totalCountIsExact: t.boolean({
        description:
          'False when the list has, or may have, more entries than `totalCount`: there were too many to count, or to search for matches.',
        extensions: { cost: COUNT_COST, once: true },
        resolve: async (page) => (await page.totalCount()).isExact,
      }),
    }),
  });
}
