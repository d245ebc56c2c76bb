import { type Static, Type } from 'typebox';
import { MAX_NAME_CHARS, PASCAL_CASE, SNAKE_CASE } from './names.ts';

export const FIELD_TYPES = ['string', 'text', 'integer', 'number', 'boolean', 'date', 'datetime', 'choice'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

const SnakeCaseName = (description: string) =>
  Type.String({ pattern: SNAKE_CASE, maxLength: MAX_NAME_CHARS, description });
const Sentence = (description: string) => Type.String({ maxLength: 500, description });
const Path = (description: string) => Type.String({ minLength: 1, maxLength: 200, description });

export const PlanField = Type.Object(
  {
    name: SnakeCaseName('In snake_case.'),
    type: Type.Enum([...FIELD_TYPES], { description: 'What it holds; a choice is one of `choices`.' }),
    required: Type.Boolean({ description: 'Whether it must be given.' }),
    description: Type.Optional(Sentence('What it means.')),
    choices: Type.Optional(
      Type.Array(SnakeCaseName('One value.'), { minItems: 1, maxItems: 20, description: 'The values of a choice.' }),
    ),
    max_length: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Of a string or a text, in characters.' }),
    ),
    minimum: Type.Optional(Type.Number({ minimum: -1e12, maximum: 1e12, description: 'Of a number.' })),
    maximum: Type.Optional(Type.Number({ minimum: -1e12, maximum: 1e12, description: 'Of a number.' })),
  },
  { additionalProperties: false, description: 'One field of the resource.' },
);
export type PlanField = Static<typeof PlanField>;

export const ServicePlanSchema = Type.Object(
  {
    title: Sentence('What the service is called.'),
    goal: Type.Optional(Type.String({ maxLength: 2_000, description: 'What was asked for.' })),
    made_by: Type.Optional(Sentence('`rules`, or the model that made it.')),
    resource: Type.String({
      pattern: PASCAL_CASE,
      maxLength: MAX_NAME_CHARS,
      description: 'The same as the name of its entity.',
    }),
    stack: Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$', description: 'Folder of templates to make the code of.' }),
    entity: Type.Object(
      {
        name: Type.String({ pattern: PASCAL_CASE, maxLength: MAX_NAME_CHARS, description: 'In PascalCase.' }),
        variable: SnakeCaseName('In snake_case.'),
        plural: SnakeCaseName('In snake_case: its path.'),
        table: SnakeCaseName('Of the database.'),
        description: Type.Optional(Sentence('What one of them is.')),
        fields: Type.Array(PlanField, {
          minItems: 1,
          maxItems: 40,
          description: 'Fields in addition to id, created_at and updated_at.',
        }),
      },
      { additionalProperties: false, description: 'What the service keeps.' },
    ),
    endpoints: Type.Array(
      Type.Object(
        {
          method: Type.String({ maxLength: 10, description: 'Of HTTP, or `query` and `mutation` of GraphQL.' }),
          path: Path('Its path, or its field.'),
          summary: Sentence('What it does.'),
        },
        { additionalProperties: false, description: 'One way in.' },
      ),
      { maxItems: 40, description: 'What the service answers to.' },
    ),
    files: Type.Array(Path('Relative to the repository.'), { maxItems: 100, description: 'What codegen makes.' }),
    queries: Type.Array(Sentence('For drive.search and web.search.'), {
      maxItems: 10,
      description: 'What to look up.',
    }),
    tests: Type.Array(Sentence('A behaviour.'), { maxItems: 60, description: 'What the tests hold.' }),
    requirements: Type.Optional(
      Type.Array(Sentence('In words.'), { maxItems: 40, description: 'What the rules could not turn into fields.' }),
    ),
  },
  { additionalProperties: false, description: 'What `plan` gives.' },
);
export type ServicePlan = Static<typeof ServicePlanSchema>;
