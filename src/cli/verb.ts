/** A row of a result. Its `id` is printed whole and first. */
type Row = { readonly id: string } & Readonly<Record<string, unknown>>;

/** What the command line gives to a verb. */
export interface VerbContext {
  readonly env: NodeJS.ProcessEnv;
  /** The form of the data: `-o`. */
  readonly output: 'table' | 'json' | 'jsonl' | 'id';
  /** Writes data to standard output in that form. Resolves when the reader has taken it. */
  print(rows: readonly Row[]): Promise<void>;
  /** Writes text for people to standard output, in lines that fit the terminal. */
  say(text: string): Promise<void>;
  /** Writes a line for people to standard error. */
  note(text: string): void;
  /** Asks for a secret on a terminal; otherwise it is standard input. */
  readSecret(question: string): Promise<string>;
}

/** An option as Commander writes it: `--pool <names...>`. */
interface VerbOption {
  readonly flags: string;
  readonly description: string;
  readonly required?: true;
}

type Run = (
  ctx: VerbContext,
  args: readonly (string | undefined)[],
  options: Readonly<Record<string, unknown>>,
) => Promise<number | undefined>;

/** A verb of the server. */
export interface Verb {
  readonly name: string;
  /** Its arguments as Commander writes them: `<id> [file]`. */
  readonly arguments?: string;
  readonly summary: string;
  readonly options?: readonly VerbOption[];
  /** It takes nothing but the environment, and prints no data. */
  readonly isAlone?: true;
  /** Imports what it does: other verbs do not need it. Resolves with its exit code; default 0. @throws VerbError */
  load(): Promise<Run>;
}

/** Verbs with a name in front of theirs: `user add`. */
export interface VerbGroup {
  readonly name: string;
  readonly summary: string;
  /** The verb that the group alone stands for. */
  readonly byDefault?: string;
  readonly verbs: readonly Verb[];
}
