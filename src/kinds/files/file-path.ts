const PART = /^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}$/;
const MAX_LENGTH = 200;
const MAX_PARTS = 8;

/** Why a generated file cannot go there; undefined when it can: plain names, relative, and nothing of git's own. */
export function filePathProblem(path: string): string | undefined {
  if (path.length > MAX_LENGTH) return `whose path has more than ${MAX_LENGTH} characters`;
  const parts = path.split('/');
  if (parts.length > MAX_PARTS) return `which lies more than ${MAX_PARTS} folders deep`;
  if (!parts.every((part) => PART.test(part))) return 'whose path is no relative path of plain names';
  if (parts.some((part) => /^\.git$/i.test(part.replace(/[. ]+$/, '')))) return 'which is part of git itself';
  return undefined;
}
