import type { ArtifactStore } from '../core/resource.ts';
import type { LiveRun, LiveStep } from './model/run-aggregate.ts';
import { jsonOf } from './outputs/output-json.ts';
import { type Performed, settle } from './outputs/store-output.ts';

interface GatherDeps {
  readonly artifacts: ArtifactStore;
  readonly maxResultBytes: number;
}

/** The outputs of a `for_each`'s items as one list, in their order; null for an item that failed. */
export async function gatherItems(deps: GatherDeps, live: LiveRun, step: LiveStep): Promise<Performed> {
  const texts: string[] = [];
  for (const item of live.items.get(step.key)?.steps ?? []) {
    const value = jsonOf(item.state === 'SUCCEEDED' ? item.output : undefined, deps.artifacts);
    texts.push(JSON.stringify(value instanceof Promise ? await value : value));
  }
  const made = { mediaType: 'application/json', content: `[${texts.join(',')}]` };
  const signal = new AbortController().signal;
  return settle(made, { artifacts: deps.artifacts, maxBytes: deps.maxResultBytes, name: `${step.key}.json`, signal });
}
