import { Fault, type Violation } from '../core/errors.ts';

/** The environment, read variable by variable. What does not fit is noted, and all of it is told at once by `check`. */
export interface EnvironmentReader {
  /** The value without the space around it; undefined when it is unset or empty. */
  text(name: string): string | undefined;
  /** The parts of a comma list, without empty ones. */
  list(name: string): readonly string[] | undefined;
  integer(name: string, bounds: { readonly min: number; readonly max: number; readonly defaultValue: number }): number;
  flag(name: string, defaultValue: boolean): boolean;
  choice<const T extends string>(name: string, allowed: readonly T[], defaultValue: NoInfer<T>): T;
  /** Notes that the variable does not fit; `message` says what to write, and never repeats a secret. */
  addProblem(name: string, message: string): void;
  /** @throws Fault BAD_INPUT with one violation for each problem noted so far. */
  throwProblems(): void;
}

export function createEnvironmentReader(env: Readonly<Record<string, string | undefined>>): EnvironmentReader {
  const problems: Violation[] = [];
  const problem = (name: string, message: string) => {
    problems.push({ path: `/${name}`, message: `${name}: ${message}` });
  };
  const text = (name: string) => env[name]?.trim() || undefined;

  return {
    text,
    addProblem: problem,
    list: (name) => {
      const parts = text(name)?.split(',') ?? [];
      const values = parts.map((part) => part.trim()).filter((part) => part !== '');
      return values.length === 0 ? undefined : values;
    },
    integer: (name, { min: least, max: most, defaultValue: unset }) => {
      const value = text(name);
      if (value === undefined) return unset;
      const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= least && number <= most) return number;
      problem(name, `write a whole number from ${least} to ${most}`);
      return unset;
    },
    flag: (name, unset) => {
      const value = text(name);
      if (value !== undefined && value !== 'true' && value !== 'false') problem(name, 'write true or false');
      return value === undefined ? unset : value === 'true';
    },
    choice: (name, allowed, unset) => {
      const value = text(name);
      const found = allowed.find((one) => one === value);
      if (value !== undefined && found === undefined) problem(name, `write one of ${allowed.join(', ')}`);
      return found ?? unset;
    },
    throwProblems: () => {
      if (problems.length === 0) return;
      const lines = problems.map(({ message }) => `  ${message}`);
      throw new Fault('BAD_INPUT', ['The environment does not fit:', ...lines].join('\n'), { violations: problems });
    },
  };
}
