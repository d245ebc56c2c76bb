/** A file of text on its way from one step to the next. */
export interface TextFile {
  /** Relative, plain names: see `file-path.ts`. */
  readonly path: string;
  readonly text: string;
}
