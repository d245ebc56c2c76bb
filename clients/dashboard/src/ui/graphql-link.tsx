import { Braces } from 'lucide-react';
import type { TypedDocument } from '../../../sdk/src/index.ts';
import { BASE_PATH, HAS_GRAPHIQL } from '../api/page.ts';
import { layOut } from './lay-out.ts';
import styles from './page.module.css';

/** A query and its variables. */
export interface PageQuery {
  readonly document: { toString(): string };
  readonly variables: unknown;
}

export const queryOf = <R, V>(document: TypedDocument<R, V>, variables: V): PageQuery => ({ document, variables });

/** Leads to GraphiQL, where the server has it, with the query that reads what the page shows. */
export function GraphqlLink({ document, variables }: PageQuery) {
  if (!HAS_GRAPHIQL) return null;
  const query = new URLSearchParams({
    query: layOut(document.toString()),
    variables: JSON.stringify(variables, null, 2),
  });
  return (
    <a className={styles.graphql} href={`${BASE_PATH}/graphql?${query}`} title="This page as GraphQL">
      <Braces size={14} aria-hidden="true" /> <span className="visually-hidden">This page as</span> GraphQL
    </a>
  );
}
