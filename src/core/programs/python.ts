/** One execution of Python. */
export interface PythonRequest {
  /** Name of the file in `files` to run, or `-c` with `code`, or `-m` and a module (`-m unittest`). */
  readonly entrypoint: string;
  readonly code?: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  /** The content of /work, read-only. Relative paths of plain names. */
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  readonly timeoutMs: number;
  /** `host:port` that the program may reach; the policy has been asked. Native engine only. */
  readonly hosts: readonly string[];
  /** Total size of stdout, stderr and /out. */
  readonly maxOutputBytes: number;
  readonly memoryBytes: number;
}

export interface PythonResult {
  /** Exit code of the process; null when it was killed. */
  readonly returnCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why the program was stopped, if it did not exit. */
  readonly stopped?: 'TIMEOUT' | 'OUTPUT' | 'MEMORY' | 'CPU' | 'FILES' | 'SIGNAL';
  /** Files in /out after the execution, without symbolic links and special files. */
  readonly produced: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** sha256 of every file, by path: in /work before and in /out after the execution. */
  readonly manifest: {
    readonly before: Readonly<Record<string, string>>;
    readonly after: Readonly<Record<string, string>>;
  };
  readonly metrics: { readonly wallMs: number; readonly cpuMs?: number; readonly maxRssBytes?: number };
}

/**
 * Runs untrusted Python: no shell, a new folder for each execution, /work read-only, /out and /tmp writable, no network
 * unless hosts are listed.
 */
export interface PythonEngine {
  readonly name: 'wasi' | 'native';
  /** Version of Python, such as `3.12.0`. */
  readonly version: string;
  /** The given modules outside the standard library that can be imported. */
  importable(modules: readonly string[]): Promise<readonly string[]>;
  /** @throws Fault BAD_INPUT, UNAVAILABLE; failures of the program are in the result */
  run(request: PythonRequest, signal: AbortSignal): Promise<PythonResult>;
}
