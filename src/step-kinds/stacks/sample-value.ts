import type { Json } from '../../lib/json.ts';
import type { PlanField } from '../plan/plan-schema.ts';

/** A valid value of the field, for a test: the first, or a second one that differs if possible. */
export function sampleValue(field: PlanField, which: 0 | 1): Json {
  const { name, type, choices = [], max_length: length = 200, minimum, maximum } = field;
  switch (type) {
    case 'string':
    case 'text':
      return `${which === 0 ? 'A' : 'Other'} ${name.replaceAll('_', ' ')}`.slice(0, length).trim();
    case 'integer':
    case 'number':
      return clamp((which === 0 ? 3 : 7) + (type === 'number' ? 0.5 : 0), minimum, maximum);
    case 'boolean':
      return which === 0;
    case 'date':
      return which === 0 ? '2030-01-15' : '2031-06-30';
    case 'datetime':
      return which === 0 ? '2030-01-15T09:30:00+00:00' : '2031-06-30T18:00:00+00:00';
    case 'choice':
      return choices[Math.min(which, choices.length - 1)] ?? '';
  }
}

/** An invalid value of the field. */
export function invalidValue({ type }: PlanField): Json {
  switch (type) {
    case 'string':
    case 'text':
      return 42;
    case 'integer':
    case 'number':
    case 'boolean':
      return 'neither';
    case 'date':
    case 'datetime':
      return '2030-13-45';
    case 'choice':
      return 'no_such_choice';
  }
}

function clamp(value: number, minimum = value, maximum = value): number {
  return Math.min(Math.max(value, minimum), maximum);
}
