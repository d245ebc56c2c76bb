import { type Program, type ProgramLimits, SANDBOX_NODE_PATH } from '../../core/programs/sandbox.ts';
import type { Mount } from './mounts.ts';

const RELAY_DIR = '/run/signalbox';
const RELAY_PORT = 3_128;
/** Threads of the relay's Node, which count as processes in addition to those of the program. */
const MAX_RELAY_PROCESSES = 24;
const RELAY_MEMORY_BYTES = 128 * 2 ** 20;

/** What clients of HTTP look for in their environment. */
export function proxyVariables(url: string): Readonly<Record<string, string>> {
  return Object.fromEntries(['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].map((name) => [name, url]));
}

/** Wraps a program in the relay of egress-relay.ts, which forwards its loopback connections to the proxy's socket. */
export function withEgressRelay({
  program,
  command,
  socket,
  relay,
}: {
  readonly program: Program;
  readonly command: readonly string[];
  /** Path of the proxy's socket on the host. */
  readonly socket: string;
  /** Path of egress-relay.ts on the host. */
  readonly relay: string;
}): {
  readonly program: Program;
  readonly command: readonly string[];
  readonly prefix: readonly string[];
  readonly mounts: readonly Mount[];
} {
  const proxy = `http://127.0.0.1:${RELAY_PORT}`;
  return {
    program: {
      ...program,
      env: { ...program.env, ...proxyVariables(proxy) },
      limits: withRelay(program.limits),
    },
    command,
    prefix: [
      SANDBOX_NODE_PATH,
      '--no-warnings',
      `${RELAY_DIR}/relay.mts`,
      String(RELAY_PORT),
      `${RELAY_DIR}/proxy.sock`,
    ],
    mounts: [
      { from: relay, to: `${RELAY_DIR}/relay.mts`, writable: false },
      { from: socket, to: `${RELAY_DIR}/proxy.sock`, writable: false },
    ],
  };
}

function withRelay(limits: ProgramLimits): ProgramLimits {
  const { processes, memoryBytes, addressSpaceBytes = memoryBytes } = limits;
  return {
    ...limits,
    addressSpaceBytes,
    processes: processes + MAX_RELAY_PROCESSES,
    memoryBytes: memoryBytes + RELAY_MEMORY_BYTES,
  };
}
