import { type Static, Type } from 'typebox';

/** A file of text on its way from one step to the next. */
export interface TextFile {
  /** Relative, plain names: see `filePathProblem`. */
  readonly path: string;
  readonly text: string;
}

const PATH_SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}$/;
const MAX_PATH_CHARS = 200;
const MAX_PATH_DEPTH = 8;

/** Why a generated file cannot go there; undefined when it can: plain names, relative, and nothing of git's own. */
export function filePathProblem(path: string): string | undefined {
  if (path.length > MAX_PATH_CHARS) return `whose path has more than ${MAX_PATH_CHARS} characters`;
  const parts = path.split('/');
  if (parts.length > MAX_PATH_DEPTH) return `which lies more than ${MAX_PATH_DEPTH} folders deep`;
  if (!parts.every((part) => PATH_SEGMENT.test(part))) return 'whose path is no relative path of plain names';
  if (parts.some((part) => /^\.git$/i.test(part.replace(/[. ]+$/, '')))) return 'which is part of git itself';
  return undefined;
}

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

export const FileRefs = (description: string) => Type.Array(FileRef, { minItems: 1, maxItems: MAX_FILES, description });
