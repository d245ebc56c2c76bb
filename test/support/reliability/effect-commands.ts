// A plugin of commands whose executions can be counted from outside, however the server ended.
import { createHash } from 'node:crypto';
import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from 'typebox';
import {
  type CommandContext,
  defineCommand,
  type Made,
  resource,
} from '../../../src/commands/definition/define-command.ts';
import { AnyJson } from '../../../src/commands/definition/options.ts';
import { Fault } from '../../../src/core/errors.ts';

/** The folder in which each step has a file, with a line for each effect. */
const effectsDir = process.env.EFFECTS_DIR ?? '';

const ms = Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000, description: 'Duration in milliseconds.' }));
const value = Type.Optional(AnyJson('The output.'));
const effectOptions = Type.Object({
  run: Type.String({ description: 'The run.' }),
  step: Type.String({ description: 'The key of the step.' }),
  failures: Type.Optional(Type.Integer({ minimum: 0, description: 'Number of failures before it succeeds.' })),
  ms,
  value,
});

interface EffectOptions {
  readonly run: string;
  readonly step: string;
  readonly failures?: number;
  readonly ms?: number;
  readonly value?: unknown;
}

const json = (output: unknown): Made => resource('application/json', JSON.stringify(output ?? null));

async function perform(options: EffectOptions, { signal }: CommandContext): Promise<Made> {
  const file = join(effectsDir, `${options.run} ${options.step}`);
  appendFileSync(file, '.\n');
  if (options.ms) await sleep(options.ms, undefined, { signal });
  const times = statSync(file).size / 2;
  if (times <= (options.failures ?? 0)) throw new Fault('UNAVAILABLE', `Not yet, at the ${times}. time.`);
  return json(options.value);
}

export const ponder = defineCommand({
  name: 'ponder',
  title: 'Ponder',
  description: 'Takes some time, without an effect.',
  effect: 'pure',
  options: Type.Object({ ms, value }),
  async run(options, { signal }) {
    if (options.ms) await sleep(options.ms, undefined, { signal });
    return json(options.value);
  },
});

export const actOutside = defineCommand({
  name: 'actOutside',
  title: 'Act',
  description: 'Has an external effect: adds a line to the file of its step.',
  effect: 'external',
  options: effectOptions,
  run: perform,
});

/** The same, for a policy rule that requires approval. */
export const actAgreed = defineCommand({
  name: 'actAgreed',
  title: 'Act after approval',
  description: 'Has an external effect: adds a line to the file of its step.',
  effect: 'external',
  options: effectOptions,
  run: perform,
});

export const waver = defineCommand({
  name: 'waver',
  title: 'Waver',
  description: 'Fails or succeeds depending on its input; always the same for the same input.',
  effect: 'pure',
  options: Type.Object({
    input: Type.String({ description: 'Decides whether it fails.' }),
    percent: Type.Integer({ minimum: 0, maximum: 100, description: 'The share of inputs that fail.' }),
  }),
  async run({ input, percent }) {
    const [first = 0] = createHash('sha256').update(input).digest();
    if (first % 100 < percent) throw new Fault('UNAVAILABLE', `It wavers at ${input}.`);
    return json(input);
  },
});
