import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';

export interface PageEnds {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | undefined;
  readonly endCursor: string | undefined;
}

export const PageInfo = builder.objectRef<PageEnds>('PageInfo').implement({
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
