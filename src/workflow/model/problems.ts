import type { Problem } from './workflow-document.ts';
import { MAX_PROBLEMS } from './workflow-limits.ts';

/** From the top of a document down to a value. */
export type DocumentPath = readonly (string | number)[];

/** Where something stands in the text. Lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds the value at a path, or the nearest one around it; of its key where `key` is said. */
export type Locate = (path: DocumentPath, key?: 'key') => Position | undefined;

export type ProblemMessage = string | (() => string);

/** Collects what is wrong with a document, so that all of it is told at once. */
export interface Problems {
  /** A message that is costly to make is given as a function: it is not asked once there are too many. */
  error(message: ProblemMessage, at: DocumentPath, more?: { readonly step?: string; readonly key?: 'key' }): void;
  warn(message: ProblemMessage, at: DocumentPath, more?: { readonly step?: string; readonly key?: 'key' }): void;
  /** True as soon as there is an ERROR. */
  failed(): boolean;
  /** In the order of the text. */
  list(): readonly Problem[];
}

export function createProblems(locate: Locate): Problems {
  const found: Problem[] = [];
  let failed = false;
  let left = 0;
  const add = (severity: Problem['severity']): Problems['error'] => {
    return (message, at, more = {}) => {
      failed ||= severity === 'ERROR';
      if (found.length >= MAX_PROBLEMS) {
        left += 1;
        return;
      }
      const position = locate(at, more.key);
      const text = typeof message === 'string' ? message : message();
      found.push({ severity, message: text, ...(more.step !== undefined && { step: more.step }), ...position });
    };
  };
  return {
    error: add('ERROR'),
    warn: add('WARNING'),
    failed: () => failed,
    list() {
      const sorted = found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
      if (left === 0) return sorted;
      const message = `There are ${left} more problems. Correct these first.`;
      return [...sorted, { severity: failed ? 'ERROR' : 'WARNING', message }];
    },
  };
}

/** `steps[2].retry.on`, as people write it. */
export function pathText(path: DocumentPath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}
