import type { ArtifactStore } from '../../core/artifact-store.ts';
import type { Clock } from '../../core/clock.ts';
import type { CpuPool } from '../../core/cpu-pool.ts';
import type { NewEvent } from '../../core/event.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { evaluate } from '../../workflow/expressions/evaluate.ts';
import { referencesIn } from '../../workflow/expressions/references.ts';
import type { MutableStep, RunAggregate } from '../model/run-aggregate.ts';
import { buildExpressionScope, type ScopeDeps } from './expression-scope.ts';
import { outputJson, resourceView } from './output-json.ts';
import { MAX_INLINE_BYTES, type StoredOutput, storeOutput } from './store-output.ts';

interface CollectDeps {
  readonly artifacts: ArtifactStore;
  readonly maxResultBytes: number;
}

/** The outputs of the items of a `for_each` as one list, in order; null for an item that failed. */
export async function collectItemOutputs(
  deps: CollectDeps,
  run: RunAggregate,
  step: MutableStep,
): Promise<StoredOutput> {
  const texts: string[] = [];
  for (const item of run.items.get(step.key)?.steps ?? []) {
    const value = outputJson(item.state === 'SUCCEEDED' ? item.output : undefined, deps.artifacts);
    texts.push(JSON.stringify(value instanceof Promise ? await value : value));
  }
  const content = { mediaType: 'application/json', content: `[${texts.join(',')}]` };
  const signal = new AbortController().signal;
  return storeOutput(content, {
    artifacts: deps.artifacts,
    maxBytes: deps.maxResultBytes,
    name: `${step.key}.json`,
    signal,
  });
}

export interface RunOutputsDeps extends ScopeDeps {
  readonly cpu: CpuPool;
  readonly clock: Clock;
  readonly maxResultBytes: number;
}

/** Evaluates the outputs of the plan. A value of more than 64 KiB becomes an artifact, and the output refers to it. */
export async function evaluateRunOutputs(
  deps: RunOutputsDeps,
  run: RunAggregate,
): Promise<{ readonly outputs: JsonObject; readonly events: readonly NewEvent[] }> {
  const expressions: JsonObject = run.record.plan?.outputs ?? {};
  const scope = await buildExpressionScope(deps, run, undefined, [referencesIn(expressions)]);
  const cpu = deps.cpu.of(run.record.principal);
  const outputs: Record<string, Json> = {};
  const events: NewEvent[] = [];
  for (const [name, value] of Object.entries(expressions)) {
    const result = await evaluate(value, scope, cpu);
    const text = JSON.stringify(result);
    if (text.length * 3 <= MAX_INLINE_BYTES || Buffer.byteLength(text) <= MAX_INLINE_BYTES) {
      outputs[name] = result;
      continue;
    }
    const options = { artifacts: deps.artifacts, maxBytes: deps.maxResultBytes, name: `${name}.json` };
    const content = { mediaType: 'application/json', content: text };
    const { output, artifact } = await storeOutput(content, { ...options, signal: new AbortController().signal });
    outputs[name] = resourceView(output);
    const { digest, mediaType, size } = output;
    if (artifact)
      events.push({
        type: 'ARTIFACT_CREATED',
        at: deps.clock.now(),
        payload: { ...artifact, digest, mediaType, size },
      });
  }
  return { outputs, events };
}
