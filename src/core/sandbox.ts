import type { Readable, Writable } from 'node:stream';

/** A program that is not trusted, and all that it gets. */
export interface Program {
  /** argv; the first is an absolute path, or a name that is looked up in /usr/local/bin, /usr/bin and /bin. */
  readonly command: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Inside; `/work` unless told. */
  readonly cwd?: string;
  /** Folders and files of this machine that it sees, beside a read-only system without /etc, /home, /root and /var. */
  readonly mounts: readonly { readonly from: string; readonly to: string; readonly writable?: true }[];
  readonly limits: ProgramLimits;
  /** `host:port` that it reaches, and only through the proxy that HTTPS_PROXY names inside. None: no network at all. */
  readonly hosts?: readonly string[];
}

export interface ProgramLimits {
  /** Address space of one process. */
  readonly memoryBytes: number;
  readonly processes: number;
  readonly cpuSeconds: number;
  /** Size of one file. */
  readonly fileBytes: number;
}

export interface ExitStatus {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
}

/** A program at work. Its streams are not bounded: who reads them counts, and kills it when it is too much. */
export interface Process {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<ExitStatus>;
  /** SIGKILL to it and everything that it started. */
  kill(): void;
}

/** Where programs of others run. */
export interface Sandbox {
  /** `none`: nothing keeps the program from what this process may do. */
  readonly kind: 'bubblewrap' | 'none';
  /**
   * @param signal ends it and everything that it started
   * @throws Fault UNAVAILABLE when there is no sandbox and ALLOW_UNSANDBOXED_EXEC is not set, NOT_FOUND for a program
   *   that is not there
   */
  spawn(program: Program, signal: AbortSignal): Promise<Process>;
}
