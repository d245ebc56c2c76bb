import type { Page } from '../core/store-reader.ts';
import { builder } from '../surfaces/graphql/schema/builder/builder.ts';
import { PageInfo } from './types/page-info.ts';

type ObjectRef<T> = ReturnType<typeof builder.objectRef<T>>;

/** The Relay connection of a node type: the objects `<Name>Connection` and `<Name>Edge`. */
export function connection<T>(name: string, Node: ObjectRef<T>) {
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
