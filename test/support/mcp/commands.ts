/*
 * A plugin with what the tests of MCP call: commands whose outputs are of each kind that MCP has, as the scenarios of the
 * conformance suite ask for them, and one that ends only when it is cancelled.
 */
import { setTimeout } from 'node:timers/promises';
import { Type } from 'typebox';
import { defineCommand, resource } from '../../../src/commands/definition/define-command.ts';
import { Fault } from '../../../src/core/errors.ts';

const STEP_MS = 50;
/** 1 × 1 pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);
/** The header of a WAV file, and no sample. */
const WAV = Buffer.from('UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=', 'base64');

const about = (name: string, title: string) => ({
  ...{ name, title, description: `${title}, for tests.` },
  options: Type.Object({}),
});

export const simpleText = defineCommand({
  ...about('testSimpleText', 'A text'),
  effect: 'external',
  run: async () => resource('text/plain', 'This is a simple text response for testing.'),
});

export const image = defineCommand({
  ...about('testImageContent', 'An image'),
  effect: 'pure',
  run: async () => resource('image/png', PNG),
});

export const audio = defineCommand({
  ...about('testAudioContent', 'A sound'),
  effect: 'pure',
  run: async () => resource('audio/wav', WAV),
});

export const embedded = defineCommand({
  ...about('testEmbeddedResource', 'Bytes of no kind that MCP knows'),
  effect: 'pure',
  run: async () => resource('application/octet-stream', Buffer.of(0, 1, 2, 255)),
});

export const failing = defineCommand({
  ...about('testErrorHandling', 'A failure'),
  effect: 'pure',
  run: async () => {
    throw new Fault('BAD_INPUT', 'This tool intentionally returns an error for testing.');
  },
});

export const talking = defineCommand({
  ...about('testToolWithLogging', 'A log'),
  effect: 'external',
  run: async (_, ctx) => {
    for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      ctx.log('INFO', line);
      ctx.log('DEBUG', 'A detail');
      await setTimeout(STEP_MS);
    }
    return resource('text/plain', 'Done.');
  },
});

export const steps = defineCommand({
  ...about('testToolWithProgress', 'Three steps'),
  steps: () => ['testSimpleText', 'testToolWithLogging', 'testSimpleText'].map((command) => ({ command, options: {} })),
});

export const endless = defineCommand({
  ...about('endless', 'Work without an end'),
  effect: 'external',
  run: async (_, ctx) => {
    await setTimeout(600_000, undefined, { signal: ctx.signal });
    return resource('text/plain', 'It has an end.');
  },
});
