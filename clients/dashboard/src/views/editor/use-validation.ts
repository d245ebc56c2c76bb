import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useContent } from '../../api/content.ts';
import {
  EditorNamesDocument,
  EditorValidationDocument,
  type EditorValidationQuery,
} from '../../api/generated/graphql.ts';
import { BASE_PATH } from '../../api/page.ts';
import { useRead } from '../../api/query.ts';
import type { WorkflowSchema } from './schema-at.ts';

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
  // Its steps are drawn when nothing else is to be done: keys come first.
  const validation = useDeferredValue(data?.validateWorkflow);
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

/** The JSON Schema of workflows that the server publishes for editors. */
export function useWorkflowSchema(): WorkflowSchema | undefined {
  const { data } = useContent(`${BASE_PATH}/schemas/workflow.json`, 0);
  return useMemo(() => data && (JSON.parse(new TextDecoder().decode(data.bytes)) as WorkflowSchema), [data]);
}
