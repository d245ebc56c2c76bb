import { _, type Ajv, str } from 'ajv';
import addFormats from 'ajv-formats';
import { compilePattern } from './linear-pattern.ts';
import { isMultipleOf } from './multiple-of.ts';

/** Any dialect of ajv. */
type AjvLike = Pick<Ajv, 'addFormat' | 'addKeyword' | 'removeKeyword'>;

/** ajv's hook for regular expressions (`code.regExp`), for patterns that are not trusted. */
export const linearRegExp = Object.assign((pattern: string) => compilePattern(pattern), { code: 'linearRegExp' });

/** `multipleOf` speaks of decimal numbers (JSON Schema Validation section 6.2.1), ajv of doubles. */
export function addDecimalMultipleOf(ajv: AjvLike): void {
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    compile: (divisor: number) => (value: number) => isMultipleOf(value, divisor),
    error: {
      message: ({ schemaCode }) => str`must be multiple of ${schemaCode}`,
      params: ({ schemaCode }) => _`{multipleOf: ${schemaCode}}`,
    },
  });
}

/** What a schema that is not trusted may use: formats, each in linear time, and `multipleOf`. */
export function addStandardKeywords(ajv: AjvLike): void {
  addDecimalMultipleOf(ajv);
  addFormats.default(ajv as Ajv);
  // The one format whose regular expression takes quadratic time: 20,000 characters take 0.2 s.
  ajv.addFormat('url', (text: string) => /^(?:https?|ftp):\/\//i.test(text) && URL.canParse(text));
}
