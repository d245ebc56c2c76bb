import type { TypedDocument } from '../../../../sdk/src/index.ts';
import { BASE_PATH } from '../../api/page.ts';
import { layOut } from './lay-out.ts';

interface Props<R, V> {
  readonly document: TypedDocument<R, V>;
  readonly variables: V;
}

/** Leads to GraphiQL with the query that reads what the page shows. */
export function GraphqlLink<R, V>({ document, variables }: Props<R, V>) {
  const query = new URLSearchParams({
    query: layOut(document.toString()),
    variables: JSON.stringify(variables, null, 2),
  });
  return <a href={`${BASE_PATH}/graphql?${query}`}>This page as GraphQL</a>;
}
