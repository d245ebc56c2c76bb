/** Numbers of the filtered system calls on one processor. */
interface SyscallTable {
  /** AUDIT_ARCH_… of linux/audit.h. */
  readonly arch: number;
  readonly socket: number;
  readonly mmap: number;
  readonly denied: readonly number[];
  /** From this number on system calls have another ABI (x32). */
  readonly end?: number;
}

/**
 * keyctl, add_key, request_key; io_uring_setup, bpf, perf_event_open, userfaultfd; and memory that no limit of a process
 * counts: memfd_create, memfd_secret, shmget, shmat, shmctl, shmdt, msgget, semget, vmsplice.
 */
const SYSCALL_TABLES: Readonly<Partial<Record<NodeJS.Architecture, SyscallTable>>> = {
  x64: {
    arch: 0xc000003e,
    socket: 41,
    mmap: 9,
    denied: [250, 248, 249, 425, 321, 298, 323, 319, 447, 29, 30, 31, 67, 68, 64, 278],
    end: 0x40000000,
  },
  arm64: {
    arch: 0xc00000b7,
    socket: 198,
    mmap: 222,
    denied: [219, 217, 218, 425, 280, 241, 282, 279, 447, 194, 196, 195, 197, 186, 190, 75],
  },
};

/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: families that a network namespace isolates. */
const ALLOWED_SOCKET_FAMILIES = [1, 2, 10, 16];

const [LOAD, AND, EQUAL, AT_LEAST, RETURN] = [0x20, 0x54, 0x15, 0x35, 0x06];
/** Offsets in struct seccomp_data; for an argument, of its low half. */
const [NUMBER, ARCH, FIRST_ARGUMENT, FOURTH_ARGUMENT] = [0, 4, 16, 40];
/** MAP_ANONYMOUS, and the bit of MAP_SHARED and MAP_SHARED_VALIDATE that MAP_PRIVATE does not have. */
const SHARED_ANONYMOUS = 0x21;
const ALLOW = 0x7fff0000;
const DENY_WITH_EPERM = 0x00050000 + 1;
const DENY_WITH_ENOSYS = 0x00050000 + 38;
const DENY_WITH_EAFNOSUPPORT = 0x00050000 + 97;

/**
 * A seccomp filter (classic BPF) against what no namespace isolates: sockets of other families, of which AF_VSOCK reaches
 * the host of a virtual machine and AF_ALG the kernel; the kernel's keyrings, which all programs of one user share;
 * memory that belongs to no address space and no mount, such as a memfd or a System V segment, which the limits of a
 * process therefore do not count; and calls that no program here needs and that expose more of the kernel. To a program
 * these calls do not exist. mmap is denied for shared anonymous memory: what a process unmaps of it stays as long as any
 * page is mapped, and nobody outside can see how much that is. A file in /dev/shm serves instead.
 * @returns undefined for an unknown processor
 */
export function seccompFilter(processor: NodeJS.Architecture = process.arch): Uint8Array | undefined {
  const table = SYSCALL_TABLES[processor];
  if (!table) return undefined;
  const { arch, socket, mmap, denied, end } = table;
  return Buffer.concat([
    instruction(LOAD, ARCH),
    ...returnUnless(instruction(EQUAL, arch, 1, 0), DENY_WITH_ENOSYS),
    instruction(LOAD, NUMBER),
    ...(end === undefined ? [] : returnIf(AT_LEAST, end, DENY_WITH_ENOSYS)),
    ...denied.flatMap((number) => returnIf(EQUAL, number, DENY_WITH_ENOSYS)),
    ...ifCall(mmap, [
      instruction(LOAD, FOURTH_ARGUMENT),
      instruction(AND, SHARED_ANONYMOUS),
      ...returnIf(EQUAL, SHARED_ANONYMOUS, DENY_WITH_EPERM),
      instruction(RETURN, ALLOW),
    ]),
    ...returnUnless(instruction(EQUAL, socket, 1, 0), ALLOW),
    instruction(LOAD, FIRST_ARGUMENT),
    ...ALLOWED_SOCKET_FAMILIES.flatMap((family) => returnIf(EQUAL, family, ALLOW)),
    instruction(RETURN, DENY_WITH_EAFNOSUPPORT),
  ]);
}

function ifCall(number: number, body: readonly Uint8Array[]): readonly Uint8Array[] {
  return [instruction(EQUAL, number, 0, body.length), ...body];
}

function returnIf(test: number, value: number, action: number): readonly Uint8Array[] {
  return [instruction(test, value, 0, 1), instruction(RETURN, action)];
}

function returnUnless(test: Uint8Array, action: number): readonly Uint8Array[] {
  return [test, instruction(RETURN, action)];
}

/** struct sock_filter: code, instructions to skip when true and when false, and a value. */
function instruction(code: number, value: number, whenTrue = 0, whenFalse = 0): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(whenTrue, 2);
  bytes.writeUInt8(whenFalse, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
