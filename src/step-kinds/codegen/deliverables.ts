import { Fault } from '../../core/errors.ts';
import type { Stack } from '../stacks/read-stack.ts';

/** What was asked for, and the files that it consists of. */
export interface Deliverable {
  readonly name: string;
  readonly files: readonly string[];
}

/**
 * Finds the files of each deliverable: a part of the stack, a folder, or a file by its path, its name, or its name
 * without the extension. Case and a plural s make no difference.
 * @param paths paths of the files of the stack, in the order of its manifest
 * @throws Fault BAD_INPUT for what the stack does not generate
 */
export function findDeliverables(
  names: readonly string[],
  { name: stack, manifest }: Stack,
  paths: readonly string[],
): readonly Deliverable[] {
  const files = paths.map((path, i) => ({ path, part: manifest.files[i]?.part }));
  return names.map((name) => {
    const wanted = plain(name);
    const found = files.filter(({ path, part }) => [part, ...namesOf(path)].some((one) => plain(one ?? '') === wanted));
    if (wanted !== '' && found.length > 0) return { name, files: found.map(({ path }) => path) };
    const parts = [...new Set(files.flatMap(({ part }) => part ?? []))];
    const message = `The stack ${stack} does not generate ${JSON.stringify(name.slice(0, 64))}. It generates ${parts.join(', ')} and the files ${paths.slice(0, 30).join(', ')}. Remove it from deliverables, or choose another stack.`;
    throw new Fault('BAD_INPUT', message, { path: ['deliverables'] });
  });
}

/** The path, each folder of it, the name of the file, and that name without its extension. */
function namesOf(path: string): readonly string[] {
  const segments = path.split('/');
  const file = segments.at(-1) ?? '';
  return [path, ...segments, file.replace(/(?<=.)\.[^.]*$/, '')];
}

function plain(name: string): string {
  return name.trim().replace(/\/$/, '').toLowerCase().replace(/s$/, '');
}
