import { posix } from 'node:path';
import type { ToolContext } from '../../core/agent-session.ts';
import { Fault, type Violation } from '../../core/errors.ts';
import type { Change } from './changes.ts';
import type { GitCommand } from './git-command.ts';
import { readObjects, sizesOf } from './objects.ts';
import type { ScanOrder, ScanReport } from './scan-task.ts';
import { ALLOWED, findSecrets } from './secret-scan.ts';

const TASK = new URL('./scan-task.ts', import.meta.url);
const TIMEOUT_MS = 60_000;

/** Everything that a commit brings is looked at, so what it may bring has a limit. */
const MOST_COMMIT_BYTES = 64 * 2 ** 20;
const MOST_FILES = 20_000;
/** Read and scanned at a time; one file may be larger. */
const BATCH_BYTES = 4 * 2 ** 20;
/** Less than this is scanned faster than a worker is asked. */
const HERE_BYTES = 256 * 2 ** 10;
const MOST_VIOLATIONS = 100;

const LINK = '120000';
const REPOSITORY = '160000';

/**
 * Looks through the new content of a commit before it is made.
 * @throws Fault BAD_INPUT with files and lines when there is a secret in it, a link that leads out, or another repository;
 *   RESOURCE_TOO_LARGE
 */
export async function scanChanges(git: GitCommand, changes: readonly Change[], ctx: ToolContext): Promise<void> {
  const fresh = changes.filter(({ change }) => change !== 'deleted');
  if (fresh.length > MOST_FILES) throw tooLarge(`${fresh.length} files`, `${MOST_FILES} files`);
  const nested = fresh.find(({ mode }) => mode === REPOSITORY);
  if (nested) throw nestedRepository(nested.path);
  const violations: Violation[] = [];
  for (const batch of batches(fresh, await sizesOf(git, fresh))) {
    const contents = await readObjects(git, batch);
    const reports = await scan(contents, ctx);
    for (const [i, { path, mode }] of batch.entries()) {
      for (const { line, what } of reports[i] ?? []) {
        violations.push({ path: `/files/${escaped(path)}`, message: `line ${line} holds ${what}` });
      }
      const target = mode === LINK ? String(contents[i]) : undefined;
      if (target !== undefined && leadsOut(path, target)) {
        violations.push({
          path: `/files/${escaped(path)}`,
          message: 'is a symbolic link that leads out of the repository',
        });
      }
    }
    if (violations.length >= MOST_VIOLATIONS) break;
  }
  if (violations.length > 0) throw refusal(violations.slice(0, MOST_VIOLATIONS));
}

export function nestedRepository(path: string): Fault {
  return new Fault(
    'BAD_INPUT',
    `${path} is a repository of its own. Delete the folder .git in it, or list it in .gitignore.`,
  );
}

function* batches(changes: readonly Change[], sizes: readonly number[]): Generator<readonly Change[]> {
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  if (whole > MOST_COMMIT_BYTES) throw tooLarge(`${whole} bytes`, `${MOST_COMMIT_BYTES} bytes`);
  let batch: Change[] = [];
  let bytes = 0;
  for (const [i, change] of changes.entries()) {
    const size = sizes[i] ?? 0;
    if (batch.length > 0 && bytes + size > BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(change);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

async function scan(contents: readonly Buffer[], { cpu, signal }: ToolContext): Promise<ScanReport> {
  const bytes = contents.reduce((sum, content) => sum + content.length, 0);
  if (bytes <= HERE_BYTES) return contents.map((content) => findSecrets(content));
  return cpu.run<ScanOrder, ScanReport>(TASK, contents, { timeoutMs: TIMEOUT_MS, signal });
}

function leadsOut(path: string, target: string): boolean {
  if (target.startsWith('/')) return true;
  return /^\.\.(?:\/|$)/.test(posix.normalize(posix.join(posix.dirname(path), target)));
}

function refusal(violations: readonly Violation[]): Fault {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  return new Fault(
    'BAD_INPUT',
    `Nothing was committed: ${first?.path.slice('/files/'.length)}: ${first?.message}${more}. Take it out; a line that may stand says "${ALLOWED}".`,
    { violations },
  );
}

function tooLarge(got: string, most: string): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `The commit brings ${got}; at most ${most} are looked through. Commit in parts.`,
  );
}

/** RFC 6901 section 3, and no control characters. */
function escaped(path: string): string {
  return path
    .replaceAll('~', '~0')
    .replaceAll('/', '~1')
    .replace(/\p{Cc}/gu, '?');
}
