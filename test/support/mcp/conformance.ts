import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { createTempFolder } from '../temp-folder.ts';

/** What the official suite, `@modelcontextprotocol/conformance`, prints for these arguments. */
export async function runConformance(args: readonly string[]): Promise<string> {
  const program = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js');
  await using folder = await createTempFolder();
  return await new Promise<string>((resolve) => {
    // It exits with 1 if any scenario fails, so its exit code means nothing here.
    const options = { cwd: folder.path, timeout: 110_000 };
    execFile(process.execPath, [program, ...args], options, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}
