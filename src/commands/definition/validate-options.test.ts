import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import type { JsonObject } from '../../lib/json.ts';
import { convertToCsv } from '../convert-to-csv.ts';
import { convertToJson } from '../convert-to-json.ts';
import { pipeline } from '../pipeline.ts';
import { type AnyCommand, defineCommand, resource } from './define-command.ts';
import { validateOptions } from './validate-options.ts';

const source = { uri: 'data:,a' };

function refusal(command: AnyCommand, options: JsonObject): Fault {
  try {
    validateOptions(command, options);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe('validateOptions', () => {
  it('fills in the defaults and leaves what it was given as it is', () => {
    const given = Object.freeze({ source: Object.freeze({ ...source }) });
    expect(validateOptions(convertToJson, given)).toEqual({ source, mode: 'AUTO', header: true });
    expect(validateOptions(convertToCsv, { source })).toEqual({ source, delimiter: ',' });
  });

  it('names everything that does not fit, by JSON Pointer', () => {
    const options = { source: { uri: 'a', text: { text: 'b' } }, header: 'yes', mode: 'TOML', 'a/b~c': 1 };
    const { code, message, violations } = refusal(convertToJson, options);
    expect(code).toBe('BAD_INPUT');
    expect(message).toMatch(/^Options of convertToJson: \/\S* .* \(and 3 more\)\.$/);
    expect(violations).toEqual(
      expect.arrayContaining([
        {
          path: '/a~1b~0c',
          message: expect.stringContaining('is not an option that exists. Known options: '),
          keyword: 'additionalProperties',
        },
        { path: '/source', message: expect.any(String), keyword: 'maxProperties' },
        { path: '/header', message: 'must be boolean', keyword: 'type' },
        { path: '/mode', message: 'must be one of AUTO, CSV, JSON, XML, LINES', keyword: 'enum' },
      ]),
    );
    expect(violations).toHaveLength(4);
  });

  it('names what is missing', () => {
    expect(refusal(convertToJson, {}).violations).toEqual([
      {
        path: '/source',
        message: 'must be given: {uri}, {text} or {bytes}; in an envelope, input_uri or payload_b64',
        keyword: 'required',
      },
    ]);
  });

  it.each([
    [{ source, moode: 'CSV' }, 'Options of convertToJson: /moode is not an option that exists. Did you mean mode?'],
    [
      { source, to: 'CSV' },
      'Options of convertToJson: /to is not an option that exists. Known options: source, schemaUri, mode, delimiter, header, numbers, decimalSeparator, dates, dateFormat.',
    ],
  ])('lists the options that exist for %j', (options, message) => {
    expect(refusal(convertToJson, options).message).toBe(message);
  });

  it.each([[''], ['ab'], ['"'], ['\n'], ['😀'], ['ż']])('takes no %j for a delimiter', (delimiter) => {
    expect(refusal(convertToCsv, { source, delimiter }).violations).toHaveLength(1);
  });

  it('looks into the steps of a pipeline, but not into their options', () => {
    const steps = [{ command: 'fetch', options: { anything: { at: ['all'] } } }];
    expect(validateOptions(pipeline, { steps })).toEqual({ steps });
    expect(refusal(pipeline, { steps: [{ command: 'fetch', agents: {} }] }).violations).toEqual([
      { path: '/steps/0/agents', message: 'is not an option that exists', keyword: 'additionalProperties' },
    ]);
  });

  it('does not write the defaults of nested objects into what it was given', () => {
    const nested = defineCommand({
      name: 'nested',
      title: 'Nested',
      description: 'Has a default inside.',
      effect: 'pure',
      options: Type.Object({ inner: Type.Object({ depth: Type.Number({ default: 3 }) }) }),
      run: async () => resource('text/plain', ''),
    });
    const given = { inner: {} };
    expect(validateOptions(nested, given)).toEqual({ inner: { depth: 3 } });
    expect(given).toEqual({ inner: {} });
  });
});
