/**
 * Milliseconds of processor time that this thread spends on `work`. Unlike its duration, it does not depend on what else the
 * machine does, so a test may compare it with a limit.
 */
export async function cpuMsOf(work: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
