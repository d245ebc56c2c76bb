/** Where a subject works and how much is asked of it at once. */
export interface SubjectOptions {
  /** `postgres://…` of a database, or the path of a SQLite file, made for this measurement alone. */
  readonly url: string;
  /** How many runs are under way at once in this process. */
  readonly concurrency: number;
  /** Which of its ways it works in, where it has several. */
  readonly variant?: string;
}

/** Something whose speed is measured: an engine, a queue, a plain loop. It is opened in a process of its own. */
export interface Subject {
  /** Does its work once, and resolves when that is durable. */
  perform(): Promise<void>;
  /** How many runs one `perform` makes, where it makes them in batches: so many fewer are under way. 1 unless told. */
  readonly batch?: number;
  close(): Promise<void>;
}

/** What a module in `peers/` exports as `open`. */
export type OpenSubject = (options: SubjectOptions) => Promise<Subject>;
