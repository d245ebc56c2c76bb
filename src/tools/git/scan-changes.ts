import { posix } from 'node:path';
import type { ToolContext } from '../../core/agent-session.ts';
import { Fault, type Violation } from '../../core/errors.ts';
import type { FileChange } from './changes.ts';
import type { GitCommand } from './git-session.ts';
import { readObjects, sizesOf } from './objects.ts';
import type { ScanReport, ScanRequest } from './scan-task.ts';
import { ALLOWLIST_COMMENT, findSecrets } from './secret-scan.ts';

const TASK_URL = new URL('./scan-task.ts', import.meta.url);
const TIMEOUT_MS = 60_000;

/** Limits of one commit, because all of its content is scanned. */
const MAX_COMMIT_BYTES = 64 * 2 ** 20;
const MAX_FILES = 20_000;
/** Bytes read and scanned at a time; one file may be larger. */
const BATCH_BYTES = 4 * 2 ** 20;
/** Up to this size, scanning here is faster than asking a worker. */
const MAX_IN_PROCESS_BYTES = 256 * 2 ** 10;
const MAX_VIOLATIONS = 100;

const SYMLINK_MODE = '120000';
const GITLINK_MODE = '160000';

/**
 * Scans the new content of a commit before it is created.
 * @throws Fault BAD_INPUT with files and lines for a secret, a link that leads out of the repository, or a nested
 *   repository; RESOURCE_TOO_LARGE
 */
export async function scanChanges(git: GitCommand, changes: readonly FileChange[], ctx: ToolContext): Promise<void> {
  const additions = changes.filter(({ change }) => change !== 'deleted');
  if (additions.length > MAX_FILES) throw commitTooLargeFault(`${additions.length} files`, `${MAX_FILES} files`);
  const nested = additions.find(({ mode }) => mode === GITLINK_MODE);
  if (nested) throw nestedRepositoryFault(nested.path);
  const violations: Violation[] = [];
  for (const batch of batches(additions, await sizesOf(git, additions))) {
    const contents = await readObjects(git, batch);
    const reports = await scan(contents, ctx);
    for (const [i, { path, mode }] of batch.entries()) {
      for (const { what } of findSecrets(Buffer.from(path))) {
        // The path itself would show the secret.
        violations.push({ path: '/files', message: `the name of a file contains ${what}` });
      }
      for (const { line, what } of reports[i] ?? []) {
        violations.push({ path: `/files/${escapePointer(path)}`, message: `line ${line} contains ${what}` });
      }
      const target = mode === SYMLINK_MODE ? String(contents[i]) : undefined;
      if (target !== undefined && escapesRepository(path, target)) {
        violations.push({
          path: `/files/${escapePointer(path)}`,
          message: 'is a symbolic link that leads out of the repository',
        });
      }
    }
    if (violations.length >= MAX_VIOLATIONS) break;
  }
  if (violations.length > 0) throw scanFault(violations.slice(0, MAX_VIOLATIONS));
}

export function nestedRepositoryFault(path: string): Fault {
  return new Fault(
    'BAD_INPUT',
    `${path} is a nested repository. Delete the folder .git in it, or list it in .gitignore.`,
  );
}

function* batches(changes: readonly FileChange[], sizes: readonly number[]): Generator<readonly FileChange[]> {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > MAX_COMMIT_BYTES) throw commitTooLargeFault(`${total} bytes`, `${MAX_COMMIT_BYTES} bytes`);
  let batch: FileChange[] = [];
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
  if (bytes <= MAX_IN_PROCESS_BYTES) return contents.map((content) => findSecrets(content));
  return cpu.run<ScanRequest, ScanReport>(TASK_URL, contents, { timeoutMs: TIMEOUT_MS, signal });
}

function escapesRepository(path: string, target: string): boolean {
  if (target.startsWith('/')) return true;
  return /^\.\.(?:\/|$)/.test(posix.normalize(posix.join(posix.dirname(path), target)));
}

function scanFault(violations: readonly Violation[]): Fault {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  return new Fault(
    'BAD_INPUT',
    `Nothing was committed: ${first?.path.slice('/files/'.length)}: ${first?.message}${more}. Remove it, or mark a harmless line with "${ALLOWLIST_COMMENT}".`,
    { violations },
  );
}

function commitTooLargeFault(size: string, limit: string): Fault {
  return new Fault(
    'RESOURCE_TOO_LARGE',
    `The commit has ${size}; the limit is ${limit}. Split it into smaller commits.`,
  );
}

/** Escapes as RFC 6901 section 3 requires, and replaces control characters. */
function escapePointer(path: string): string {
  return path
    .replaceAll('~', '~0')
    .replaceAll('/', '~1')
    .replace(/\p{Cc}/gu, '?');
}
