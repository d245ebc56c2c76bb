import { readFileSync } from 'node:fs';
import { buildSchema, isInterfaceType, parse, validate, visit } from 'graphql';
import { expect, it } from 'vitest';

const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
const documents = parse(readFileSync(new URL('../documents.graphql', import.meta.url), 'utf8'));

it('fits the schema of the server', () => {
  expect(validate(schema, documents)).toEqual([]);
});

it('has a fragment for each type of event', () => {
  const event = schema.getType('Event');
  if (!isInterfaceType(event)) throw new Error('Event must be an interface');
  const selectedTypes = new Set<string>();
  visit(documents, { InlineFragment: ({ typeCondition }) => void selectedTypes.add(typeCondition?.name.value ?? '') });
  const missing = schema.getPossibleTypes(event).filter(({ name }) => !selectedTypes.has(name));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
