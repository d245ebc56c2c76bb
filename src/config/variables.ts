import { Fault, type Violation } from '../core/errors.ts';

/** Reads environment variables. Problems are collected, and `throwProblems` reports all of them at once. */
export interface EnvironmentReader {
  /** The trimmed value; undefined when it is unset or empty. */
  text(name: string): string | undefined;
  /** The non-empty entries of a comma-separated list. */
  list(name: string): readonly string[] | undefined;
  integer(name: string, bounds: { readonly min: number; readonly max: number; readonly defaultValue: number }): number;
  flag(name: string, defaultValue: boolean): boolean;
  choice<const T extends string>(name: string, allowed: readonly T[], defaultValue: NoInfer<T>): T;
  /** Records that the variable is not valid; `message` says what to write, and never repeats a secret. */
  addProblem(name: string, message: string): void;
  /** @throws Fault BAD_INPUT with one violation for each recorded problem. */
  throwProblems(): void;
}

export function createEnvironmentReader(env: Readonly<Record<string, string | undefined>>): EnvironmentReader {
  const problems: Violation[] = [];
  const addProblem = (name: string, message: string) => {
    problems.push({ path: `/${name}`, message: `${name}: ${message}` });
  };
  const text = (name: string) => env[name]?.trim() || undefined;

  return {
    text,
    addProblem,
    list: (name) => {
      const parts = text(name)?.split(',') ?? [];
      const values = parts.map((part) => part.trim()).filter((part) => part !== '');
      return values.length === 0 ? undefined : values;
    },
    integer: (name, { min, max, defaultValue }) => {
      const value = text(name);
      if (value === undefined) return defaultValue;
      const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= min && number <= max) return number;
      addProblem(name, `write a whole number from ${min} to ${max}`);
      return defaultValue;
    },
    flag: (name, defaultValue) => {
      const value = text(name);
      if (value !== undefined && value !== 'true' && value !== 'false') addProblem(name, 'write true or false');
      return value === undefined ? defaultValue : value === 'true';
    },
    choice: (name, allowed, defaultValue) => {
      const value = text(name);
      const choice = allowed.find((option) => option === value);
      if (value !== undefined && choice === undefined) addProblem(name, `write one of ${allowed.join(', ')}`);
      return choice ?? defaultValue;
    },
    throwProblems: () => {
      if (problems.length === 0) return;
      const lines = problems.map(({ message }) => `  ${message}`);
      throw new Fault('BAD_INPUT', ['The environment is not valid:', ...lines].join('\n'), { violations: problems });
    },
  };
}
