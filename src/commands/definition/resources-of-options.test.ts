import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { convertToJson } from '../convert-to-json.ts';
import { resources } from '../read/resources.ts';
import { render } from '../render.ts';
import type { AnyCommand } from './define-command.ts';
import { resourcesOfOptions } from './resources-of-options.ts';

describe('touches', () => {
  it('lists the resources and the schema of a call', () => {
    const source = { uri: 'https://example.org/a.csv' };
    expect(resourcesOfOptions(convertToJson, { source, schemaUri: 'file:///schemas/a.json', mode: 'AUTO' })).toEqual({
      resources: [source],
      schema: 'file:///schemas/a.json',
    });
  });

  it('counts plain URIs and inline sources too', () => {
    const source = { text: { text: 'a' } };
    expect(resourcesOfOptions(render, { source, templateUri: 'file:///data/a.j2', title: 'file:///not-read' })).toEqual(
      {
        resources: [source, { uri: 'file:///data/a.j2' }],
      },
    );
  });

  it('counts every URI of a list', () => {
    const uris = ['data:,a', 'https://example.org/b'];
    expect(resourcesOfOptions(resources as unknown as AnyCommand, { uris })).toEqual({
      resources: uris.map((uri) => ({ uri })),
    });
  });

  it('counts JSON that stands in the options as an inline source', () => {
    expect(resourcesOfOptions(render, { data: { uri: 'https://example.org' } })).toEqual({
      resources: [{ text: { text: '', mediaType: 'application/json' } }],
    });
  });

  it('is inline text when nothing is read but the options, and empty when the command cannot read', () => {
    expect(resourcesOfOptions(render, { template: 'static' })).toEqual({ resources: [{ text: { text: '' } }] });
    expect(resourcesOfOptions({ ...render, options: Type.Object({ to: Type.String() }) }, { to: 'a' })).toEqual({
      resources: [],
    });
  });
});
