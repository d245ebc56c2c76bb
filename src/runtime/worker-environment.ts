import type { CanonicalUri } from '../core/canonical-uri.ts';
import type { ToolContext } from '../core/work.ts';

/** What every worker finds; nothing of this server's own environment. */
const PLAIN = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', HOME: '/tmp' };

/** The environment of a pool, with the secrets that it names. @throws Fault FORBIDDEN, NOT_FOUND */
export function workerEnvironment(
  env: Readonly<Record<string, string>>,
  program: CanonicalUri,
  { secret }: Pick<ToolContext, 'secret'>,
): Readonly<Record<string, string>> {
  const named = Object.entries(env).map(([name, value]) => {
    const [, wanted] = /^secret:([A-Z][A-Z0-9_]*)$/.exec(value) ?? [];
    return [name, wanted === undefined ? value : secret(wanted, program)];
  });
  return { ...PLAIN, ...Object.fromEntries(named) };
}
