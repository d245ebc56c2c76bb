import { join } from 'node:path';
import type { Program } from '../../core/sandbox.ts';
import { INSIDE_NODE, type Placed } from './mounts.ts';

const FOLDER = '/run/signalbox';
const PORT = 3_128;
/** Threads of Node beside those of the program, which count as processes. */
const RELAY_PROCESSES = 24;

/** A program as it runs behind the relay of egress-relay.ts, which hands its loopback over to the proxy's socket. */
export function relayed({
  program,
  command,
  socket,
}: {
  readonly program: Program;
  readonly command: readonly string[];
  /** Of the proxy, on this machine. */
  readonly socket: string;
}): {
  readonly program: Program;
  readonly command: readonly string[];
  readonly before: readonly string[];
  readonly places: readonly Placed[];
} {
  const proxy = `http://127.0.0.1:${PORT}`;
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
  return {
    program: {
      ...program,
      env: { ...program.env, ...Object.fromEntries(names.map((name) => [name, proxy])) },
      limits: { ...program.limits, processes: program.limits.processes + RELAY_PROCESSES },
    },
    command,
    before: [INSIDE_NODE, '--no-warnings', `${FOLDER}/relay.mts`, String(PORT), `${FOLDER}/proxy.sock`],
    places: [
      { from: join(import.meta.dirname, 'egress-relay.ts'), to: `${FOLDER}/relay.mts`, writable: false },
      { from: socket, to: `${FOLDER}/proxy.sock`, writable: false },
    ],
  };
}
