import { builder } from '../builder/builder.ts';

/** Used by the input of `convertToJson`, which is made from the command's options; here is what each value means. */
export const ConversionMode = builder.enumType('ConversionMode', {
  description: 'What `convertToJson` takes its source for.',
  values: {
    AUTO: { description: 'What its media type says, and where that tells nothing, how it begins.' },
    CSV: { description: 'Comma-separated values (RFC 4180), or with another delimiter.' },
    JSON: { description: 'JSON, which stays as it is.' },
    XML: { description: 'XML; attributes are kept, entities are not expanded.' },
    LINES: { description: 'Text, as a list of its lines.' },
  },
});
