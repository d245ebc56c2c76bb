/** Keywords of Python, which cannot be names. */
const KEYWORDS = new Set(
  `False None True and as assert async await break class continue def del elif else except finally for from global if
   import in is lambda nonlocal not or pass raise return try while with yield`.split(/\s+/),
);

/** @throws Error if Python cannot use it as a name. */
export function checkName(name: string): void {
  if (KEYWORDS.has(name)) throw new Error(`${name} is a keyword of Python. Use another name in documents.graphql.`);
}

export const snakeCase = (name: string) =>
  name.replace(/[A-Z]/g, (letter, at: number) => `${at > 0 ? '_' : ''}${letter.toLowerCase()}`);

export const alias = (name: string, type: string) => `${name}: TypeAlias = "${type}"`;

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly optional?: boolean;
}

/** A TypedDict by call: as a class it could have neither `from` nor `__typename`, which Python would rename. */
export function dictionary(name: string, entries: readonly Entry[]): string {
  const lines = entries.map(({ name: key, type, optional }) =>
    optional ? `    '${key}': "NotRequired[${type}]",` : `    '${key}': "${type}",`,
  );
  return `${name} = TypedDict('${name}', {\n${lines.join('\n')}\n})`;
}

interface Parameter {
  readonly key: string;
  readonly python: string;
  readonly optional: boolean;
}

/** The parameters of a method: those that are required, then the others by name. */
export function parameters(entries: readonly Parameter[], hasTimeout: boolean): string {
  for (const { key } of entries) checkName(snakeCase(key));
  const required = entries.filter(({ optional }) => !optional);
  const others = entries.filter(({ optional }) => optional);
  return [
    'self',
    ...required.map(({ key, python }) => `${snakeCase(key)}: "${python}"`),
    ...(others.length > 0 || hasTimeout ? ['*'] : []),
    ...others.map(({ key, python }) => `${snakeCase(key)}: "${python}" = None`),
    ...(hasTimeout ? ['timeout: float | None = None'] : []),
  ].join(', ');
}
