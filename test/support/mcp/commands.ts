/*
 * A plugin for the tests of MCP: commands with an output of each content type of MCP, as the scenarios of the conformance
 * suite require, and one that ends only when it is cancelled.
 */
import { setTimeout } from 'node:timers/promises';
import { defineCommand, Fault, resource, Type } from 'signalbox/plugin';

const STEP_MS = 50;
/** 1 × 1 pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);
/** The header of a WAV file without samples. */
const WAV = Buffer.from('UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=', 'base64');

const describeCommand = (name: string, title: string) => ({
  name,
  title,
  description: `${title}, for tests.`,
  options: Type.Object({}),
});

export const simpleText = defineCommand({
  ...describeCommand('testSimpleText', 'A text'),
  effect: 'external',
  run: async () => resource('text/plain', 'This is a simple text response for testing.'),
});

export const image = defineCommand({
  ...describeCommand('testImageContent', 'An image'),
  effect: 'pure',
  run: async () => resource('image/png', PNG),
});

export const audio = defineCommand({
  ...describeCommand('testAudioContent', 'A sound'),
  effect: 'pure',
  run: async () => resource('audio/wav', WAV),
});

export const embedded = defineCommand({
  ...describeCommand('testEmbeddedResource', 'Bytes without an MCP content type'),
  effect: 'pure',
  run: async () => resource('application/octet-stream', Buffer.of(0, 1, 2, 255)),
});

export const failing = defineCommand({
  ...describeCommand('testErrorHandling', 'A failure'),
  effect: 'pure',
  run: async () => {
    throw new Fault('BAD_INPUT', 'This tool intentionally returns an error for testing.');
  },
});

export const talking = defineCommand({
  ...describeCommand('testToolWithLogging', 'A log'),
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
  ...describeCommand('testToolWithProgress', 'Three steps'),
  steps: () => ['testSimpleText', 'testToolWithLogging', 'testSimpleText'].map((command) => ({ command, options: {} })),
});

export const endless = defineCommand({
  ...describeCommand('endless', 'Endless work'),
  effect: 'external',
  run: async (_, ctx) => {
    await setTimeout(600_000, undefined, { signal: ctx.signal });
    return resource('text/plain', 'It ended.');
  },
});
