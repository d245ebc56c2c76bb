import { useMemo } from 'react';
import { BASE_PATH } from '../../api/client.ts';
import { useContent } from '../../api/content.ts';
import type { WorkflowSchema } from './schema-at.ts';

/** The JSON Schema of workflows that the server publishes for editors. */
export function useWorkflowSchema(): WorkflowSchema | undefined {
  const { data } = useContent(`${BASE_PATH}/schemas/workflow.json`, 0);
  return useMemo(() => data && (JSON.parse(new TextDecoder().decode(data.bytes)) as WorkflowSchema), [data]);
}
