import type { JsonObject } from '../../lib/json.ts';
import type { Catalog } from '../model/catalog.ts';
import type { Problems } from '../model/problems.ts';
import { fromAgent, isAgentFile } from './from-agent.ts';
import { fromCall, isCall } from './from-call.ts';
import { fromDag } from './from-dag.ts';
import { fromPipeline, isPipeline } from './from-pipeline.ts';
import type { NativeForm } from './native-form.ts';

/** A document in another form than the native one, converted to that; undefined for a native document. */
export function otherForm(document: JsonObject, catalog: Catalog, problems: Problems): NativeForm | undefined {
  if (isPipeline(document)) return fromPipeline(document, catalog, problems);
  if (isAgentFile(document)) return fromAgent(document);
  if (isCall(document)) return fromCall(document, catalog, problems);
  return 'nodes' in document ? fromDag(document, catalog, problems) : undefined;
}
