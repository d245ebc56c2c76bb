import { type Static, Type } from 'typebox';

/** Files of one step; more is no small service. */
export const MAX_FILES = 200;
/** Of all files of one step. */
export const MAX_FILES_BYTES = 4 * 2 ** 20;

/** A file that is kept as an artifact, as `codegen` gives it and other kinds take it. */
export const FileRef = Type.Object(
  {
    path: Type.String({ minLength: 1, maxLength: 200, description: 'Relative to the repository.' }),
    uri: Type.String({
      minLength: 1,
      maxLength: 2_048,
      description: 'Where its bytes are, such as artifact:sha256/….',
    }),
    size: Type.Optional(Type.Integer({ minimum: 0, description: 'In bytes.' })),
    sha256: Type.Optional(Type.String({ maxLength: 64, description: '64 hex digits.' })),
    media_type: Type.Optional(Type.String({ maxLength: 512, description: 'Of its bytes.' })),
  },
  { additionalProperties: false, description: 'One file.' },
);
export type FileRef = Static<typeof FileRef>;

export const Files = (description: string) => Type.Array(FileRef, { minItems: 1, maxItems: MAX_FILES, description });
