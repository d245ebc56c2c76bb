/** The database of a subject and its load. */
export interface SubjectOptions {
  /** `postgres://…` of a database, or the path of a SQLite file, created for this measurement only. */
  readonly url: string;
  /** Number of concurrent runs in this process. */
  readonly concurrency: number;
  /** The variant to measure, if the subject has several. */
  readonly variant?: string;
}

/** Something whose speed is measured: an engine, a queue, a plain loop. It is opened in a separate process. */
export interface Subject {
  /** Does its work once, and resolves when the result is durable. */
  perform(): Promise<void>;
  /** Number of runs in one `perform`, if it works in batches; the number of concurrent calls is divided by it. Default 1. */
  readonly batch?: number;
  close(): Promise<void>;
}

/** The function `open` that a module in `peers/` exports. */
export type OpenSubject = (options: SubjectOptions) => Promise<Subject>;
