import { type Static, Type } from 'typebox';

/** A text file that one step passes to the next. */
export interface TextFile {
  /** Relative path of plain names; see `filePathProblem`. */
  readonly path: string;
  readonly text: string;
}

const PATH_SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}$/;
const MAX_PATH_CHARS = 200;
const MAX_PATH_DEPTH = 8;

/** Why a path is invalid; undefined when it is a relative path of plain names outside `.git`. Completes a sentence. */
export function filePathProblem(path: string): string | undefined {
  if (path.length > MAX_PATH_CHARS) return `which has more than ${MAX_PATH_CHARS} characters`;
  const parts = path.split('/');
  if (parts.length > MAX_PATH_DEPTH) return `which is more than ${MAX_PATH_DEPTH} folders deep`;
  if (!parts.every((part) => PATH_SEGMENT.test(part))) return 'which is not a relative path of plain names';
  if (parts.some((part) => /^\.git$/i.test(part.replace(/[. ]+$/, '')))) return 'which is part of git itself';
  return undefined;
}

/** Limit of the files of one step; a small service has no more. */
export const MAX_FILES = 200;
/** Limit of all files of one step together. */
export const MAX_FILES_BYTES = 4 * 2 ** 20;

/** A file that is stored as an artifact: output of `codegen`, and input of other kinds. */
export const FileRef = Type.Object(
  {
    path: Type.String({ minLength: 1, maxLength: 200, description: 'Path relative to the repository.' }),
    uri: Type.String({
      minLength: 1,
      maxLength: 2_048,
      description: 'URI of its bytes, such as artifact:sha256/….',
    }),
    size: Type.Optional(Type.Integer({ minimum: 0, description: 'Size in bytes.' })),
    sha256: Type.Optional(Type.String({ maxLength: 64, description: 'SHA-256 of its bytes, 64 hex digits.' })),
    media_type: Type.Optional(Type.String({ maxLength: 512, description: 'Media type of its bytes.' })),
  },
  { additionalProperties: false, description: 'One file.' },
);
export type FileRef = Static<typeof FileRef>;

export const FileRefs = (description: string) => Type.Array(FileRef, { minItems: 1, maxItems: MAX_FILES, description });
