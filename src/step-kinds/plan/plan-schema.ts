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
    title: Sentence('Title of the service.'),
    goal: Type.Optional(Type.String({ maxLength: 2_000, description: 'Goal of the plan.' })),
    made_by: Type.Optional(Sentence('`rules`, or the name of the model.')),
    resource: Type.String({
      pattern: PASCAL_CASE,
      maxLength: MAX_NAME_CHARS,
      description: 'Name of the resource; the same as the name of the entity.',
    }),
    stack: Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$', description: 'Stack of templates for the code.' }),
    entity: Type.Object(
      {
        name: Type.String({ pattern: PASCAL_CASE, maxLength: MAX_NAME_CHARS, description: 'Name in PascalCase.' }),
        variable: SnakeCaseName('Name in snake_case.'),
        plural: SnakeCaseName('Plural in snake_case; used in paths.'),
        table: SnakeCaseName('Name of the database table.'),
        description: Type.Optional(Sentence('Meaning of the resource.')),
        fields: Type.Array(PlanField, {
          minItems: 1,
          maxItems: 40,
          description: 'Fields in addition to id, created_at and updated_at.',
        }),
      },
      { additionalProperties: false, description: 'The resource of the service.' },
    ),
    endpoints: Type.Array(
      Type.Object(
        {
          method: Type.String({ maxLength: 10, description: 'HTTP method, or `query` or `mutation` of GraphQL.' }),
          path: Path('Path, or GraphQL field.'),
          summary: Sentence('Summary.'),
        },
        { additionalProperties: false, description: 'One endpoint.' },
      ),
      { maxItems: 40, description: 'Endpoints of the service.' },
    ),
    files: Type.Array(Path('Path relative to the repository.'), {
      maxItems: 100,
      description: 'Files that codegen generates.',
    }),
    queries: Type.Array(Sentence('Query for drive.search and web.search.'), {
      maxItems: 10,
      description: 'Queries for research.',
    }),
    tests: Type.Array(Sentence('A behavior.'), { maxItems: 60, description: 'Behaviors that the tests check.' }),
    requirements: Type.Optional(
      Type.Array(Sentence('A requirement in words.'), {
        maxItems: 40,
        description: 'Requirements that are not fields.',
      }),
    ),
  },
  { additionalProperties: false, description: 'Output of `plan`.' },
);
export type ServicePlan = Static<typeof ServicePlanSchema>;
