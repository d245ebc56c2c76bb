import { FIELD_TYPES, type FieldType, type PlanField } from './plan-schema.ts';

const FIELD = /^([A-Za-z][A-Za-z0-9 _-]{0,60})\s*:\s*(one of |[a-z]+)(.*)$/;
const DESCRIPTION = /\(([^()]*)\)\s*$/;

/**
 * Parses a field as people write it: `price: number required >= 0 (in euro)`, `title: string up to 120`,
 * `status: one of draft, sold`. The name is not changed.
 * @returns undefined for a text that is not a field
 */
export function parseField(text: string): PlanField | undefined {
  const [, name = '', kind = '', tail = ''] = FIELD.exec(text.trim()) ?? [];
  const type = kind === 'one of ' ? 'choice' : kind;
  if (!isFieldType(type)) return undefined;
  const description = DESCRIPTION.exec(tail)?.[1]?.trim();
  const terms = tail.replace(DESCRIPTION, '');
  const choices = type === 'choice' ? parseChoices(terms) : undefined;
  if (type === 'choice' && !choices) return undefined;
  const minimum = numberAfter('>=', terms);
  const maximum = numberAfter('<=', terms);
  const maxLength = numberAfter('up to', terms);
  return {
    name: name.trim(),
    type,
    required: /(^|[\s,])required\b/.test(terms),
    ...(description && { description }),
    ...(choices && { choices }),
    ...(maxLength !== undefined && { max_length: maxLength }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  };
}

function isFieldType(text: string): text is FieldType {
  return (FIELD_TYPES as readonly string[]).includes(text);
}

function parseChoices(terms: string): string[] | undefined {
  const choices = terms
    .replace(/[\s,]required\b/, '')
    .split(',')
    .map((one) =>
      one
        .trim()
        .toLowerCase()
        .replaceAll(/[\s-]+/g, '_'),
    )
    .filter((one) => one !== '');
  return choices.length > 0 && choices.length <= 20 ? choices : undefined;
}

function numberAfter(words: string, terms: string): number | undefined {
  const digits = new RegExp(`${words}\\s*(-?\\d{1,12}(\\.\\d{1,6})?)`).exec(terms)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
