import { type Static, Type } from 'typebox';

const Text = (description: string, maxLength = 500) => Type.String({ minLength: 1, maxLength, description });

export const CHECK_NAMES = ['ruff', 'compile', 'unittest', 'pytest', 'mypy', 'node_test'] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** `manifest.json` of a stack. Its texts are also templates. */
export const StackManifest = Type.Object(
  {
    title: Text('Title.'),
    description: Text('Description of the generated service.', 2_000),
    language: Type.Enum(['python', 'node'], {
      description: 'Language of the files, which decides how they are formatted.',
    }),
    checks: Type.Array(Type.Enum([...CHECK_NAMES]), {
      minItems: 1,
      maxItems: 6,
      description: 'Checks of `eval`.',
    }),
    requires: Type.Array(Text('A Python module.', 64), {
      maxItems: 20,
      description: 'Modules that the tests require.',
    }),
    files: Type.Array(
      Type.Object(
        {
          path: Text('Path in the repository.', 200),
          template: Text('File below `templates`.', 200),
          part: Type.Optional(Text('Part of the service that it belongs to, such as `api`; see `deliverables`.', 64)),
        },
        { additionalProperties: false, description: 'One file.' },
      ),
      { minItems: 1, maxItems: 100, description: 'Files that the stack generates.' },
    ),
    endpoints: Type.Array(
      Type.Object(
        { method: Text('`GET`, `query` …', 10), path: Text('Path or field.', 200), summary: Text('Summary.') },
        { additionalProperties: false, description: 'One endpoint.' },
      ),
      { maxItems: 40, description: 'Endpoints of the service.' },
    ),
    tests: Type.Array(Text('A behavior.'), { maxItems: 60, description: 'Behaviors that the tests check.' }),
  },
  { additionalProperties: false },
);
export type StackManifest = Static<typeof StackManifest>;
