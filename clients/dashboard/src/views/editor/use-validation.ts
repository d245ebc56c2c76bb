import { useEffect, useState } from 'react';
import {
  EditorNamesDocument,
  EditorValidationDocument,
  type EditorValidationQuery,
} from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';

/** After the last key. */
const DELAY_MS = 400;

type Validation = EditorValidationQuery['validateWorkflow'];

export interface Checked {
  /** Of the text as it was at the last check. */
  readonly validation: Validation | undefined;
  /** The graph of the last text that had one. */
  readonly graph: Validation['graph'];
  /** The text has changed since the graph, or has none. */
  readonly isStale: boolean;
  readonly isChecking: boolean;
  readonly error: unknown;
}

/** What the server says to a text, asked when nobody has typed for a moment. */
export function useValidation(text: string): Checked {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, error, isFetching } = useRead(EditorValidationDocument, { yaml: settled }, { freshMs: 60_000 });
  const validation = data?.validateWorkflow;
  const [graph, setGraph] = useState<Validation['graph']>(null);
  if (validation?.graph && validation.graph !== graph) setGraph(validation.graph);
  return {
    validation,
    graph: validation?.graph ?? graph,
    isStale: validation !== undefined && validation.graph === null,
    isChecking: settled !== text || isFetching,
    error,
  };
}

/** Names that steps can call, by the key that they are values of. */
export function useKnownNames() {
  const { data } = useRead(EditorNamesDocument, {}, { freshMs: 600_000 });
  const names = (list: readonly { readonly name: string }[] | undefined) => list?.map(({ name }) => name) ?? [];
  const { commands, queries, tools } = data?.catalog ?? {};
  return { command: names(commands), query: names(queries), tool: names(tools), tools: names(tools) };
}
