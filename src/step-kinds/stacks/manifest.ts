import { type Static, Type } from 'typebox';

const Text = (description: string, maxLength = 500) => Type.String({ minLength: 1, maxLength, description });

export const CHECK_NAMES = ['ruff', 'compile', 'unittest', 'pytest', 'mypy', 'node_test'] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** `manifest.json` of a stack. Its texts are templates themselves. */
export const StackManifest = Type.Object(
  {
    title: Text('For people.'),
    description: Text('What comes out of it.', 2_000),
    language: Type.Enum(['python', 'node'], { description: 'How its files are formatted.' }),
    checks: Type.Array(Type.Enum([...CHECK_NAMES]), {
      minItems: 1,
      maxItems: 6,
      description: 'What `eval` does with it.',
    }),
    requires: Type.Array(Text('A module of Python.', 64), {
      maxItems: 20,
      description: 'Without them its tests cannot run.',
    }),
    files: Type.Array(
      Type.Object(
        { path: Text('Where it goes.', 200), template: Text('File below `templates`.', 200) },
        { additionalProperties: false, description: 'One file.' },
      ),
      { minItems: 1, maxItems: 100, description: 'What it makes.' },
    ),
    endpoints: Type.Array(
      Type.Object(
        { method: Text('`GET`, `query` …', 10), path: Text('Path or field.', 200), summary: Text('What it does.') },
        { additionalProperties: false, description: 'One way in.' },
      ),
      { maxItems: 40, description: 'What the service answers to.' },
    ),
    tests: Type.Array(Text('A behaviour.'), { maxItems: 60, description: 'What its tests hold.' }),
  },
  { additionalProperties: false },
);
export type StackManifest = Static<typeof StackManifest>;
