import { Fault } from '../../../../core/errors.ts';
import type { Page, PageArgs } from '../../../../core/store-reader.ts';
import { builder } from './builder.ts';

/** Entries of a connection's page, and items of any list argument, at most. */
export const MAX_PAGE_SIZE = 100;
/** Events in one batch at most. */
export const MAX_BATCH_EVENTS = 1_000;
const DEFAULT_PAGE_SIZE = 50;

type Nullable<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/** Relay's arguments, checked. Without `first` and `last` it is the first page. @throws Fault BAD_INPUT */
export function parsePageArgs({ first, after, last, before }: Nullable<PageArgs>): PageArgs {
  if (first != null && last != null) {
    throw new Fault('BAD_INPUT', 'Pass first to page forwards or last to page backwards, not both.', {
      path: ['last'],
    });
  }
  if (last != null) return { last: requireInRange('last', last, 0, MAX_PAGE_SIZE), ...(before != null && { before }) };
  return {
    first: requireInRange('first', first ?? DEFAULT_PAGE_SIZE, 0, MAX_PAGE_SIZE),
    ...(after != null && { after }),
    ...(before != null && { before }),
  };
}

/**
 * The number, when it lies between the two.
 * @param name of the argument, with dots where it lies in another one
 * @param instead what to do for more
 * @throws Fault BAD_INPUT
 */
export function requireInRange(
  name: string,
  value: number,
  least: number,
  most: number,
  instead = 'take more in several pages',
): number {
  if (value >= least && value <= most) return value;
  throw new Fault('BAD_INPUT', `${name} is a number from ${least} to ${most}; ${instead}.`, { path: name.split('.') });
}

export interface PageInfoFields {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | undefined;
  readonly endCursor: string | undefined;
}

export const PageInfo = builder.objectRef<PageInfoFields>('PageInfo').implement({
  description: 'Where a page lies in its list (Relay’s cursor connections).',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Something follows this page.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'Something precedes this page.' }),
    startCursor: t.exposeString('startCursor', {
      nullable: true,
      description: 'Cursor of the first entry, for `before`. Null when the page is empty.',
    }),
    endCursor: t.exposeString('endCursor', {
      nullable: true,
      description: 'Cursor of the last entry, for `after`. Null when the page is empty.',
    }),
  }),
});

type ObjectRef<T> = ReturnType<typeof builder.objectRef<T>>;

/** The Relay connection of a node type: the objects `<Name>Connection` and `<Name>Edge`. */
export function createConnectionType<T>(name: string, Node: ObjectRef<T>) {
  const Edge = builder.objectRef<{ readonly cursor: string; readonly node: T }>(`${name}Edge`).implement({
    description: `An entry of ${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}Connection.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Its place in the list, for `after` and `before`.' }),
      node: t.field({
        type: Node,
        description: `The ${name.toLowerCase()} itself.`,
        resolve: ({ node }) => node as never,
      }),
    }),
  });
  return builder.objectRef<Page<T>>(`${name}Connection`).implement({
    description: `A page of a list of ${name.toLowerCase()}s (Relay’s cursor connections).`,
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
        description: 'Where the page lies in the list.',
        resolve: ({ edges, hasNextPage, hasPreviousPage }) => ({
          hasNextPage,
          hasPreviousPage,
          startCursor: edges[0]?.cursor,
          endCursor: edges.at(-1)?.cursor,
        }),
      }),
      totalCount: t.int({
        description: 'How many there are on all pages. Counted only when asked for.',
        resolve: (page) => page.totalCount(),
      }),
    }),
  });
}
