/** What a processor calls the system calls that the filter looks at. */
interface SyscallTable {
  /** AUDIT_ARCH_… of linux/audit.h. */
  readonly arch: number;
  readonly socket: number;
  readonly denied: readonly number[];
  /** From this number on another way to call (x32). */
  readonly end?: number;
}

/** keyctl, add_key, request_key; io_uring_setup, bpf, perf_event_open, userfaultfd. */
const SYSCALL_TABLES: Readonly<Partial<Record<NodeJS.Architecture, SyscallTable>>> = {
  x64: { arch: 0xc000003e, socket: 41, denied: [250, 248, 249, 425, 321, 298, 323], end: 0x40000000 },
  arm64: { arch: 0xc00000b7, socket: 198, denied: [219, 217, 218, 425, 280, 241, 282] },
};

/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: what a network namespace keeps apart. */
const ALLOWED_SOCKET_FAMILIES = [1, 2, 10, 16];

const [LOAD, EQUAL, AT_LEAST, RETURN] = [0x20, 0x15, 0x35, 0x06];
/** Places in struct seccomp_data; of the argument the low half. */
const [NUMBER, ARCH, FIRST_ARGUMENT] = [0, 4, 16];
const ALLOW = 0x7fff0000;
const DENY_WITH_ENOSYS = 0x00050000 + 38;
const DENY_WITH_EAFNOSUPPORT = 0x00050000 + 97;

/**
 * A seccomp filter (classic BPF) against what no namespace keeps apart: sockets of other families, of which AF_VSOCK leads
 * to the host of a virtual machine and AF_ALG into the kernel; the kernel's keyrings, which all programs of one user
 * share; and calls that no program here needs and that make more of the kernel reachable. To a program they are not there.
 * @returns undefined for a processor that is not known
 */
export function seccompFilter(processor: NodeJS.Architecture = process.arch): Uint8Array | undefined {
  const machine = SYSCALL_TABLES[processor];
  if (!machine) return undefined;
  const { arch, socket, denied, end } = machine;
  return Buffer.concat([
    instruction(LOAD, ARCH),
    ...returnUnless(instruction(EQUAL, arch, 1, 0), DENY_WITH_ENOSYS),
    instruction(LOAD, NUMBER),
    ...(end === undefined ? [] : returnIf(AT_LEAST, end, DENY_WITH_ENOSYS)),
    ...denied.flatMap((number) => returnIf(EQUAL, number, DENY_WITH_ENOSYS)),
    ...returnUnless(instruction(EQUAL, socket, 1, 0), ALLOW),
    instruction(LOAD, FIRST_ARGUMENT),
    ...ALLOWED_SOCKET_FAMILIES.flatMap((family) => returnIf(EQUAL, family, ALLOW)),
    instruction(RETURN, DENY_WITH_EAFNOSUPPORT),
  ]);
}

function returnIf(test: number, value: number, verdict: number): readonly Uint8Array[] {
  return [instruction(test, value, 0, 1), instruction(RETURN, verdict)];
}

function returnUnless(test: Uint8Array, verdict: number): readonly Uint8Array[] {
  return [test, instruction(RETURN, verdict)];
}

/** struct sock_filter: code, how many to skip when true and when false, and a value. */
function instruction(code: number, value: number, whenTrue = 0, whenFalse = 0): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(whenTrue, 2);
  bytes.writeUInt8(whenFalse, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
