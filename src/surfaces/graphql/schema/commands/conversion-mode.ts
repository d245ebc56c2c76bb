import { builder } from '../builder/builder.ts';

/** Describes the values of an option of `convertToJson`, whose input is generated. */
builder.enumType('ConversionMode', {
  description: 'How `convertToJson` reads its source.',
  values: {
    AUTO: { description: 'By its media type; when that is not conclusive, by the start of its content.' },
    CSV: { description: 'Comma-separated values (RFC 4180), with any delimiter.' },
    JSON: { description: 'JSON, which is not changed.' },
    XML: { description: 'XML; attributes are kept, entities are not expanded.' },
    LINES: { description: 'Text, as a list of lines.' },
  },
});
