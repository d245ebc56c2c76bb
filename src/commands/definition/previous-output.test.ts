import { describe, expect, it } from 'vitest';
import { convertToXml } from '../convert-to-xml.ts';
import { render } from '../render.ts';
import { PREVIOUS_OUTPUT, referencesPreviousOutput, substitutePreviousOutput } from './previous-output.ts';

const URI = `artifact:sha256/${'a'.repeat(64)}`;

describe('$previous.output', () => {
  it('becomes the URI wherever it stands, however deep', () => {
    const options = { data: { list: [PREVIOUS_OUTPUT, { deep: PREVIOUS_OUTPUT }], n: 1, x: null }, title: 't' };
    expect(referencesPreviousOutput(options)).toBe(true);
    expect(substitutePreviousOutput(render, options, URI)).toEqual({
      data: { list: [URI, { deep: URI }], n: 1, x: null },
      title: 't',
    });
  });

  it('may stand for a whole resource', () => {
    expect(substitutePreviousOutput(convertToXml, { source: PREVIOUS_OUTPUT }, URI)).toEqual({ source: { uri: URI } });
    expect(substitutePreviousOutput(convertToXml, { source: { uri: PREVIOUS_OUTPUT } }, URI)).toEqual({
      source: { uri: URI },
    });
    expect(substitutePreviousOutput(render, { templateUri: PREVIOUS_OUTPUT, data: PREVIOUS_OUTPUT }, URI)).toEqual({
      templateUri: URI,
      data: URI,
    });
  });

  it('is only the exact text', () => {
    const options = { source: { text: { text: `see ${PREVIOUS_OUTPUT}` } }, [PREVIOUS_OUTPUT]: 'x' };
    expect(referencesPreviousOutput(options)).toBe(false);
    expect(substitutePreviousOutput(convertToXml, options, URI)).toEqual(options);
  });

  it('changes nothing of what it is given', () => {
    const options = { source: { uri: PREVIOUS_OUTPUT } };
    substitutePreviousOutput(convertToXml, options, URI);
    expect(options).toEqual({ source: { uri: PREVIOUS_OUTPUT } });
  });
});
