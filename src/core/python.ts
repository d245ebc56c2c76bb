/** One call of Python. */
export interface PythonRequest {
  /** Name of the file in `files` to run, or `-c` with `code`, or `-m` and a module (`-m unittest`). */
  readonly entrypoint: string;
  readonly code?: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  /** What lies in /work, read-only. Relative paths of plain names. */
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  readonly timeoutMs: number;
  /** `host:port` that it may reach; policy has been asked. Only the native engine can. */
  readonly hosts: readonly string[];
  /** In all, of stdout, of stderr, and of /out. */
  readonly maxOutputBytes: number;
  readonly memoryBytes: number;
}

export interface PythonResult {
  /** Of the process; null when it was killed. */
  readonly returnCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it was stopped, where it did not end by itself. */
  readonly stopped?: 'TIMEOUT' | 'OUTPUT' | 'MEMORY' | 'CPU' | 'FILES' | 'SIGNAL';
  /** Files in /out afterwards. Symbolic links and special files are not among them. */
  readonly produced: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** sha256 of every file in /work before and in /out after, by path. */
  readonly manifest: {
    readonly before: Readonly<Record<string, string>>;
    readonly after: Readonly<Record<string, string>>;
  };
  readonly metrics: { readonly wallMs: number; readonly cpuMs?: number; readonly maxRssBytes?: number };
}

/**
 * Runs Python that is not trusted: no shell, a fresh folder each time, /work read-only, /out and /tmp writable, no network
 * unless hosts are named.
 */
export interface PythonEngine {
  readonly name: 'wasi' | 'native';
  /** Version of Python, such as `3.12.0`. */
  readonly version: string;
  /** Names of modules beside the standard library that can be imported, of those that were asked about. */
  importable(modules: readonly string[]): Promise<readonly string[]>;
  /** @throws Fault BAD_INPUT, UNAVAILABLE; what the program does wrong is in the result */
  run(request: PythonRequest, signal: AbortSignal): Promise<PythonResult>;
}
