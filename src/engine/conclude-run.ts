import type { Clock } from '../core/clock.ts';
import type { NewEvent } from '../core/event.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { CpuPool } from '../core/resource.ts';
import { evaluate } from '../workflow/expressions/evaluate.ts';
import { referencesIn } from '../workflow/expressions/references.ts';
import type { LiveRun } from './model/run-aggregate.ts';
import { type ViewDeps, viewRun } from './outputs/expression-scope.ts';
import { resourceView } from './outputs/output-json.ts';
import { INLINE_MAX_BYTES, settle } from './outputs/store-output.ts';

interface ConcludeDeps extends ViewDeps {
  readonly cpu: CpuPool;
  readonly clock: Clock;
  readonly maxResultBytes: number;
}

/** What the outputs of the plan came to. A value of more than 64 KiB becomes an artifact, and its place says which. */
export async function concludeRun(
  deps: ConcludeDeps,
  live: LiveRun,
): Promise<{ readonly outputs: JsonObject; readonly events: readonly NewEvent[] }> {
  const wanted: JsonObject = live.run.plan?.outputs ?? {};
  const scope = await viewRun(deps, live, undefined, [referencesIn(wanted)]);
  const outputs: Record<string, Json> = {};
  const events: NewEvent[] = [];
  for (const [name, value] of Object.entries(wanted)) {
    const result = await evaluate(value, scope, deps.cpu);
    const text = JSON.stringify(result);
    if (text.length * 3 <= INLINE_MAX_BYTES || Buffer.byteLength(text) <= INLINE_MAX_BYTES) {
      outputs[name] = result;
      continue;
    }
    const options = { artifacts: deps.artifacts, maxBytes: deps.maxResultBytes, name: `${name}.json` };
    const made = { mediaType: 'application/json', content: text };
    const { output, artifact } = await settle(made, { ...options, signal: new AbortController().signal });
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
