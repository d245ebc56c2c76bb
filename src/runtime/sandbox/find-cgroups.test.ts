import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExitStatus, Process } from '../../core/programs/sandbox.ts';
import { findCgroups } from './find-cgroups.ts';

const SERVER = 100;
const LIMITS = { memoryBytes: 2 ** 28, processes: 16, cpuSeconds: 5, fileBytes: 2 ** 20 };

/** A fake of the kernel's files: of /proc, and of a cgroup with its processes. */
describe('cgroups of programs', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'signalbox-cgroups-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** @param parents parent of each process */
  function machine(
    path: string,
    { parents = {}, isRoot = false, controllers = 'cpu memory pids', events = true } = {},
  ) {
    const own = join(root, 'cgroup', path);
    const proc = join(root, 'proc');
    mkdirSync(own, { recursive: true });
    mkdirSync(join(proc, 'self'), { recursive: true });
    writeFileSync(join(proc, 'self/cgroup'), `1:name=systemd:/x\n0::${path}\n`);
    const line = `29 22 0:26 / ${join(root, 'cgroup')} rw,nosuid shared:4 - cgroup2 cgroup2 rw`;
    writeFileSync(join(proc, 'self/mountinfo'), `22 1 8:1 / / rw - ext4 /dev/sda rw\n${line}\n`);
    const all: Record<string, number> = { [SERVER]: 1, ...parents };
    for (const [pid, parent] of Object.entries(all)) {
      mkdirSync(join(proc, pid));
      writeFileSync(join(proc, pid, 'status'), `Name:\tx\nPPid:\t${parent}\n`);
    }
    const folders = path.endsWith('/signalbox-server') ? [own, join(own, '..')] : [own];
    for (const folder of folders) {
      writeFileSync(join(folder, 'cgroup.controllers'), `${controllers}\n`);
      if (events) writeFileSync(join(folder, 'cgroup.events'), 'populated 1\n');
    }
    // A fake of the kernel's side of a move: the process leaves when it is written elsewhere.
    writeFileSync(join(own, 'cgroup.procs'), `${SERVER}\n`);
    return { own, machine: { proc, pid: SERVER, isRoot } };
  }

  function fakeProcess(status: ExitStatus): Process {
    const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
    return { pid: 7, ...streams, exited: Promise.resolve(status), limitTime: () => () => {}, kill() {} };
  }

  it.each([
    ['without version 2', () => machine('/x', { events: true }), 'unmounted', 'not mounted'],
    ['of the machine itself', () => machine('/', { events: false }), '', 'no cgroup for itself'],
    ['without controllers', () => machine('/x', { controllers: 'hugetlb' }), '', 'lacks the controllers memory, pids'],
    ['of root, which may write everywhere', () => machine('/x', { isRoot: true }), '', 'Delegate=yes'],
    ['with another process in it', () => machine('/x', { parents: { 50: 1 } }), '50', 'such as 50'],
  ])('are not created in one %s', async (_, create, change, why) => {
    const { own, machine: it } = create();
    if (change === 'unmounted') writeFileSync(join(it.proc, 'self/mountinfo'), '');
    else if (change !== '') writeFileSync(join(own, 'cgroup.procs'), `${SERVER}\n${change}\n`);
    expect(await findCgroups(it)).toContain(why);
    expect(existsSync(join(own, 'signalbox-server'))).toBe(false);
    expect(existsSync(join(own, 'cgroup.subtree_control'))).toBe(false);
  });

  it('are created next to a server that has a cgroup with its name', async () => {
    const { own, machine: it } = machine('/service/signalbox-server', { isRoot: true });
    const parent = join(own, '..');
    mkdirSync(join(parent, 'signalbox-program-left'));
    const cgroups = await findCgroups(it);
    if (typeof cgroups === 'string') throw new Error(cgroups);
    // The kernel keeps all of them; a file keeps the last one.
    expect(readFileSync(join(parent, 'cgroup.subtree_control'), 'utf8')).toBe('+cpu');
    expect(readdirSync(parent)).not.toContain('signalbox-program-left');

    let folder = '';
    const process = await cgroups.run(LIMITS, async (command) => {
      folder = command.at(-1) ?? '';
      expect(command.slice(0, 2)).toEqual(['/bin/sh', '-c']);
      writeFileSync(join(folder, 'memory.events'), 'low 0\nhigh 0\nmax 12\noom 1\noom_kill 3\noom_group_kill 1\n');
      return fakeProcess({ code: null, signal: 'SIGKILL' });
    });
    const cores = Math.max(1, availableParallelism() - 1);
    const limits = ['memory.max', 'memory.swap.max', 'memory.oom.group', 'pids.max', 'cpu.max'];
    expect(limits.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([
      ...[String(2 ** 28), '0', '1', '24'],
      `${cores}00000 100000`,
    ]);
    expect((await process.exited).exceeded).toEqual({ name: 'MEMORY', limit: 2 ** 28 });
    expect(readFileSync(join(folder, 'cgroup.kill'), 'utf8')).toBe('1');
  });

  it('say nothing of memory when the program ended otherwise', async () => {
    const cgroups = await findCgroups(machine('/service/signalbox-server').machine);
    if (typeof cgroups === 'string') throw new Error(cgroups);
    const process = await cgroups.run(LIMITS, async (command) => {
      writeFileSync(join(command.at(-1) ?? '', 'memory.events'), 'oom 0\noom_kill 0\n');
      return fakeProcess({ code: 3, signal: null });
    });
    expect(await process.exited).toEqual({ code: 3, signal: null });
  });

  it('leave nothing when the program cannot be started', async () => {
    const { own, machine: it } = machine('/service/signalbox-server');
    const cgroups = await findCgroups(it);
    if (typeof cgroups === 'string') throw new Error(cgroups);
    let folder = '';
    const starting = cgroups.run(LIMITS, async (command) => {
      folder = command.at(-1) ?? '';
      throw new Error('no such program');
    });
    await expect(starting).rejects.toThrow('no such program');
    expect(readFileSync(join(folder, 'cgroup.kill'), 'utf8')).toBe('1');
    expect(own).toContain(root);
  });

  it.each([
    [
      'of an ordinary user, with what the server started',
      '/user/x',
      { [SERVER + 1]: SERVER, [SERVER + 2]: SERVER + 1 },
    ],
    ['of a container, with what started the server', '/', { 1: 0, [SERVER + 1]: SERVER }],
  ])('are created in one %s', async (_, path, parents) => {
    const { own, machine: it } = machine(path, { parents, isRoot: path === '/' });
    const pids = [SERVER, ...Object.keys(parents)].join('\n');
    writeFileSync(join(own, 'cgroup.procs'), pids);
    expect(typeof (await findCgroups(it))).not.toBe('string');
    const moved = readFileSync(join(own, 'signalbox-server/cgroup.procs'), 'utf8');
    expect(pids.split('\n')).toContain(moved);
  });
});
