import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { until } from './until.ts';

/** Runs a program on a new terminal of a size, and copies what it writes and what it reads. Its exit code is that of the program. */
const HOST = `
import fcntl, os, pty, struct, sys, termios
columns, rows = int(sys.argv[1]), int(sys.argv[2])
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
import select
while True:
    ready, _, _ = select.select([fd, 0], [], [])
    if 0 in ready:
        data = os.read(0, 65536)
        # The test is gone: the terminal hangs up.
        if not data: break
        os.write(fd, data)
    if fd in ready:
        try: data = os.read(fd, 65536)
        except OSError: data = b''
        if not data: break
        os.write(1, data)
os.close(fd)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** A program on a terminal. */
export interface TerminalProgram {
  /** Everything that it has written. */
  readonly output: () => string;
  /** Types text. `\\u0003` is ^C. */
  type(text: string): void;
  /** Waits until it has written what matches. */
  untilWritten(pattern: RegExp): Promise<void>;
  readonly exited: Promise<number | null>;
}

interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `signalbox` on a pseudo-terminal. */
export function signalboxOnTerminal(args: readonly string[], options: TerminalOptions = {}): TerminalProgram {
  const main = resolve(import.meta.dirname, '../../src/main.mjs');
  return onTerminal([process.execPath, main, ...args], options);
}

/** Starts a program on a pseudo-terminal. */
export function onTerminal(
  command: readonly string[],
  { columns = 80, rows = 24, env = {} }: TerminalOptions = {},
): TerminalProgram {
  const child = spawn('/usr/bin/python3', ['-c', HOST, String(columns), String(rows), ...command], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm-256color', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // It may have ended when something is typed.
  child.stdin.on('error', () => {});
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    written += text;
  });
  return {
    output: () => written,
    type: (text) => void child.stdin.write(text),
    untilWritten: async (pattern) => {
      await until(`the terminal shows ${pattern}`, () => pattern.test(written));
    },
    exited: new Promise((done) => void child.once('close', done)),
  };
}
