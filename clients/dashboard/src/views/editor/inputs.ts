import { parse, parseDocument } from 'yaml';
import type { FormSchema } from '../../parts/schema-form/schema.ts';

/** The schema of the inputs that a workflow in the native form asks for, whichever way it writes them. */
export function inputsOf(text: string): FormSchema {
  const { inputs } = (parse(text, { logLevel: 'silent' }) ?? {}) as {
    readonly inputs?: Readonly<Record<string, unknown>>;
  };
  if (!inputs) return {};
  if (inputs.type === 'object' && typeof inputs.properties === 'object') return inputs as FormSchema;
  const properties = Object.fromEntries(
    Object.entries(inputs).map(([name, input]): [string, FormSchema] => [
      name,
      typeof input === 'string' ? { type: input } : ((input ?? {}) as FormSchema),
    ]),
  );
  const required = Object.keys(properties).filter((name) => properties[name]?.default === undefined);
  return { type: 'object', properties, required };
}

/** The name under which a text is saved, if it says one. */
export function nameOf(text: string): string | undefined {
  const name: unknown = parseDocument(text, { logLevel: 'silent' }).get('name');
  return typeof name === 'string' ? name : undefined;
}
