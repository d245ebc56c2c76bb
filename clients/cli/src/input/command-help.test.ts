import { Command } from 'commander';
import { expect, test } from 'vitest';
import { printCommandHelp } from './command-help.ts';

test('the help of a command says what is required, and is no way to control a terminal', () => {
  let printed = '';
  const verb = new Command('command').configureOutput({
    writeOut: (text) => {
      printed += text;
    },
  });
  const properties = {
    rowLimit: { type: 'integer', description: 'Most rows.' },
    pretty: { type: 'boolean', description: 'With line\u001b[2J breaks.' },
    colors: { type: 'array', default: ['red'] },
  };
  printCommandHelp(verb, {
    name: 'shorten',
    description: 'Shortens.',
    options: { properties, required: ['rowLimit', 'colors'] },
  });
  expect(printed).toMatch(/^Usage: signalbox command shorten \[options\]$/m);
  expect(printed).toMatch(/^ {2}--row-limit <number> +\(required\) Most rows\.$/m);
  expect(printed).toMatch(/^ {2}--pretty +With line/m);
  expect(printed).toMatch(/^ {2}--colors <item...> +\(default: \["red"\]\)$/m);
  expect(printed).not.toContain('\u001b');
});
