import type { ArtifactStore } from '../../core/artifact-store.ts';
import type { Clock } from '../../core/clock.ts';
import type { CpuPool } from '../../core/cpu-pool.ts';
import type { NewEvent } from '../../core/event.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import { evaluate } from '../../workflow/expressions/evaluate.ts';
import { referencesIn } from '../../workflow/expressions/references.ts';
import type { MutableStep, RunAggregate } from '../model/run-aggregate.ts';
import { buildExpressionScope, type ScopeDeps } from './expression-scope.ts';
import { outputJsonText, resourceView } from './output-json.ts';
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
  const content = { mediaType: 'application/json', content: listOfOutputs(deps, run, step) };
  const signal = new AbortController().signal;
  return storeOutput(content, {
    artifacts: deps.artifacts,
    maxBytes: deps.maxResultBytes,
    name: `${step.key}.json`,
    signal,
  });
}

/** As JSON, piece by piece: the outputs of many items may be large together. */
async function* listOfOutputs(
  { artifacts }: CollectDeps,
  run: RunAggregate,
  step: MutableStep,
): AsyncGenerator<Uint8Array> {
  let text = '[';
  for (const [i, item] of (run.items.get(step.key)?.steps ?? []).entries()) {
    const value = await outputJsonText(item.state === 'SUCCEEDED' ? item.output : undefined, artifacts);
    text += `${i === 0 ? '' : ','}${value}`;
    if (text.length < PIECE_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(`${text}]`);
}

const PIECE_CHARACTERS = 64 * 1024;

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
