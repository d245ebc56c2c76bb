// A plugin of commands whose executions can be counted from outside, however the server that ran them ended.
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

/** Where each step that acts has a file, with a line for each time that it did. */
const effectsFolder = process.env.ACTS_FOLDER ?? '';

const ms = Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000, description: 'How long it takes.' }));
const value = Type.Optional(AnyJson('What it gives back.'));
const effectOptions = Type.Object({
  run: Type.String({ description: 'The run.' }),
  step: Type.String({ description: 'The key of its step.' }),
  failures: Type.Optional(Type.Integer({ minimum: 0, description: 'How often it fails before it does not.' })),
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

const json = (made: unknown): Made => resource('application/json', JSON.stringify(made ?? null));

async function perform(options: EffectOptions, { signal }: CommandContext): Promise<Made> {
  const file = join(effectsFolder, `${options.run} ${options.step}`);
  appendFileSync(file, '.\n');
  if (options.ms) await sleep(options.ms, undefined, { signal });
  const times = statSync(file).size / 2;
  if (times <= (options.failures ?? 0)) throw new Fault('UNAVAILABLE', `Not yet, at the ${times}. time.`);
  return json(options.value);
}

export const ponder = defineCommand({
  name: 'ponder',
  title: 'Ponder',
  description: 'Takes its time, and does nothing to the world.',
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
  description: 'Acts on the outside world: adds a line to the file of its step.',
  effect: 'external',
  options: effectOptions,
  run: perform,
});

/** The same, for a rule of the policy that asks a person. */
export const actAgreed = defineCommand({
  name: 'actAgreed',
  title: 'Act when that is agreed',
  description: 'Acts on the outside world: adds a line to the file of its step.',
  effect: 'external',
  options: effectOptions,
  run: perform,
});

export const waver = defineCommand({
  name: 'waver',
  title: 'Waver',
  description: 'Fails, or does not, as its input has it: always the same for the same.',
  effect: 'pure',
  options: Type.Object({
    input: Type.String({ description: 'Decides.' }),
    percent: Type.Integer({ minimum: 0, maximum: 100, description: 'Of all inputs fail.' }),
  }),
  async run({ input, percent }) {
    const [first = 0] = createHash('sha256').update(input).digest();
    if (first % 100 < percent) throw new Fault('UNAVAILABLE', `It wavers at ${input}.`);
    return json(input);
  },
});
