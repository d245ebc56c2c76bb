import { createHash } from 'node:crypto';
import { Fault } from '../../core/errors.ts';
import type { PolicyEffect, PolicyRule } from '../../core/policy.ts';
import { inCanonicalOrder } from '../../lib/json.ts';
import { parseAction } from '../globs/action-glob.ts';
import { parseUriGlobs } from '../globs/parse-uri-glob.ts';
import { matchUriGlob, type UriGlob, type UriParts } from '../globs/uri-glob.ts';
import { parseObligation } from './obligation.ts';
import type { RateLimit } from './rate-limit.ts';

/** A rule with the values derived from its text when it was loaded. */
export interface CompiledRule {
  readonly rule: PolicyRule;
  /** As reasons show it: `rule_0a1b2c3d4e5f (line 14) allows analyst command:* on https://**`. */
  readonly description: string;
  /** Counted from 1. */
  readonly line: number;
  readonly uri: readonly UriGlob[];
  readonly schema: readonly UriGlob[];
  /** Only with THROTTLE. */
  readonly rateLimit?: RateLimit;
  /** It limits the jobs that it lets be done. */
  readonly isConstrained?: true;
}

const EFFECTS: Readonly<Record<string, PolicyEffect>> = {
  allow: 'ALLOW',
  deny: 'DENY',
  approve: 'APPROVE',
  throttle: 'THROTTLE',
};

const COLUMNS = ['role', 'action', 'uri', 'schema', 'effect', 'obligation', 'comment'] as const;

/**
 * Reads the columns of one `p` line, without the `p`.
 * @param text the line itself, from which the rule's id is derived
 * @param report called with every problem; the result is then undefined
 */
export function compileRule(
  columns: readonly string[],
  { text, line, actions }: { readonly text: string; readonly line: number; readonly actions?: readonly string[] },
  report: (problem: string) => void,
): CompiledRule | undefined {
  let sound = true;
  const refuse = (problem: string) => {
    sound = false;
    report(problem);
  };
  const attempt = <T>(column: string, parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      refuse(`${column}: ${error.message}`);
      return undefined;
    }
  };

  if (columns.length > COLUMNS.length)
    refuse(`A "p" line has ${COLUMNS.length} columns; quote a field that holds a comma.`);
  const [role = '', action = '', uri = '', schema = '', effectText = '', obligation = '', comment = ''] = columns;
  attempt('action', () => parseAction(action, actions));
  const uriGlobs = attempt('uri', () => parseUriGlobs(uri));
  const schemaGlobs = attempt('schema', (): UriGlob[] => (schema === '*' ? ['anything'] : parseUriGlobs(schema)));
  const effect = Object.hasOwn(EFFECTS, effectText) ? EFFECTS[effectText] : undefined;
  if (!effect) refuse(`effect: "${effectText}" is not an effect. Write allow, deny, approve or throttle (lower case).`);
  const obliged = effect && attempt('obligation', () => parseObligation(obligation, effect, action));

  if (!sound || !effect || !uriGlobs || !schemaGlobs) return undefined;
  // Every decision that the journal records has its rule.
  const rule: PolicyRule = inCanonicalOrder({
    id: `rule_${createHash('sha256').update(text).digest('hex').slice(0, 12)}`,
    role,
    action,
    uri,
    schema,
    effect,
    ...(obligation !== '' && { obligation }),
    ...(comment !== '' && { comment }),
  });
  return {
    rule,
    description: describe(rule, line),
    line,
    uri: uriGlobs,
    schema: schemaGlobs,
    ...(obliged?.rate && { rateLimit: obliged.rate }),
    ...(obliged?.constraints && { isConstrained: true }),
  };
}

function describe({ id, role, action, uri, schema, effect, obligation }: PolicyRule, line: number): string {
  const what = {
    ALLOW: `allows ${role} ${action}`,
    DENY: `denies ${role} ${action}`,
    APPROVE: `requires an approval when ${role} does ${action}`,
    THROTTLE: `limits to ${obligation?.replace('rate=', '')} ${role} ${action}`,
  }[effect];
  const within = effect !== 'THROTTLE' && obligation !== undefined ? ` within ${obligation}` : '';
  const withSchema = schema === '*' ? '' : ` with schema ${schema}`;
  return `${id} (line ${line}) ${what} on ${uri}${withSchema}${within}`;
}

export function coversUri(globs: readonly UriGlob[], target: UriParts | undefined): boolean {
  return globs.some((glob) => matchUriGlob(glob, target));
}

/** The schema column is matched only when the request has a schema. */
export function coversSchema(globs: readonly UriGlob[], target: UriParts | undefined): boolean {
  return target === undefined || coversUri(globs, target);
}
