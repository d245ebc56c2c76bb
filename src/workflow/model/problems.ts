import type { Problem } from './workflow-document.ts';
import { MAX_PROBLEMS } from './workflow-limits.ts';

/** From the top of a document down to a value. */
export type DocumentPath = readonly (string | number)[];

/** A position in the text. Lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The position of the value at a path, or of the nearest value around it; with `key`, that of its key. */
export type Locate = (path: DocumentPath, key?: 'key') => Position | undefined;

export type ProblemMessage = string | (() => string);

/** Collects the problems of a document, so that all are reported at once. */
export interface Problems {
  /** An expensive message is given as a function, which is not called once there are too many problems. */
  error(message: ProblemMessage, at: DocumentPath, more?: { readonly step?: string; readonly key?: 'key' }): void;
  warn(message: ProblemMessage, at: DocumentPath, more?: { readonly step?: string; readonly key?: 'key' }): void;
  /** The path as the source spells it, for messages: `steps[2].retry`. Empty for the whole document. */
  pathText(path: DocumentPath): string;
  /** True once there is an ERROR. */
  failed(): boolean;
  /** In the order of the text. */
  list(): readonly Problem[];
}

/** @param spell maps a path of the native form to one of the source */
export function createProblems(locate: Locate, spell: (path: DocumentPath) => DocumentPath = (path) => path): Problems {
  const problems: Problem[] = [];
  let failed = false;
  let omitted = 0;
  const add = (severity: Problem['severity']): Problems['error'] => {
    return (message, at, more = {}) => {
      failed ||= severity === 'ERROR';
      if (problems.length >= MAX_PROBLEMS) {
        omitted += 1;
        return;
      }
      const position = locate(at, more.key);
      const text = typeof message === 'string' ? message : message();
      problems.push({ severity, message: text, ...(more.step !== undefined && { step: more.step }), ...position });
    };
  };
  return {
    error: add('ERROR'),
    warn: add('WARNING'),
    pathText: (path) => pathText(spell(path)),
    failed: () => failed,
    list() {
      const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
      if (omitted === 0) return sorted;
      const message = `There are ${omitted} more problems. Fix the ones listed first.`;
      return [...sorted, { severity: failed ? 'ERROR' : 'WARNING', message }];
    },
  };
}

/** The path as text, such as `steps[2].retry.on`. */
export function pathText(path: DocumentPath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}
