import type { Command, CommandContext } from '../../commands/definition/define-command.ts';
import type { Query } from '../../commands/read/define-query.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Attempt } from '../model/attempt.ts';
import type { StoredOutput } from '../outputs/store-output.ts';
import type { CommandStepDeps } from './step-deps.ts';
import { createStepReader } from './step-reader.ts';
import { storeStepOutput } from './store-step-output.ts';
import { cpuOf, withTimeLimit } from './time-limit.ts';

/** Runs one command as a step, within its time limit, and stores its result. */
export function performCommand(
  deps: CommandStepDeps,
  command: Command,
  options: JsonObject,
  attempt: Attempt,
): Promise<StoredOutput> {
  return withTimeLimit(deps, attempt, async (inner) => {
    const result = await command.run(options, createCommandContext(deps, command, options, inner));
    return storeStepOutput(deps, inner, result);
  });
}

function createCommandContext(
  deps: CommandStepDeps,
  command: Command,
  options: JsonObject,
  attempt: Attempt,
): CommandContext {
  const { step, signal, emit } = attempt;
  return {
    ...createStepReader(deps, command, options, attempt),
    signal,
    cpu: cpuOf(deps, attempt),
    maxBytes: deps.maxResultBytes,
    scratch: () => deps.artifacts.scratch(),
    log: (level, text) => emit({ type: 'LOG', at: deps.clock.now(), step: step.key, payload: { level, text } }),
  };
}

/** Runs one query as a step, and stores its result. */
export function performQuery(
  deps: CommandStepDeps,
  query: Query,
  options: JsonObject,
  attempt: Attempt,
): Promise<StoredOutput> {
  return withTimeLimit(deps, attempt, async (inner) => {
    const reading = createStepReader(deps, query, options, inner);
    const { mediaType, bytes } = await query.run(options, { ...reading, signal: inner.signal });
    return storeStepOutput(deps, inner, { mediaType, content: bytes });
  });
}
