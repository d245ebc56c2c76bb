import { parse as parseCsv } from 'csv-parse/sync';
import { Fault } from '../../core/errors.ts';
import type { Role } from '../../core/principal.ts';
import { type CompiledRule, compileRule } from './compiled-rule.ts';
import { findCycle, inheritsTooDeep, MAX_INHERITANCE_DEPTH, type RoleGraph } from './role-graph.ts';

/** A problem of one line, counted from 1. */
interface PolicyProblem {
  readonly line: number;
  readonly message: string;
}

export interface ParsedPolicy {
  /** In the order of the file. */
  readonly rules: readonly CompiledRule[];
  readonly roles: RoleGraph;
}

/** No separators of policy files or cache keys, and no characters that look like others. */
const ROLE = /^[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,127}$/;
const MAX_CHARACTERS = 16 * 1024 * 1024;
const MAX_ROLES = 1_000;

interface Link {
  readonly line: number;
  readonly role: Role;
  /** Undefined on a line that only declares the role. */
  readonly parent?: Role;
}

/**
 * Reads policy.csv: `p, role, action, uri, schema, effect, obligation, comment` and `g, role[, parent]` lines.
 * @param actions all actions, so that a rule with a misspelled action is reported
 * @throws Fault BAD_INPUT with every problem as a violation at `/line/N`
 */
export function parsePolicy(text: string, actions?: readonly string[]): ParsedPolicy {
  const problems: PolicyProblem[] = [];
  const rules: CompiledRule[] = [];
  const roleColumns: Link[] = [];
  const links: Link[] = [];

  for (const { line, text: raw, fields } of recordsOf(text, problems)) {
    const report = (message: string) => problems.push({ line, message });
    const [kind, role = '', parent = '', ...more] = fields;
    if (kind === 'p') {
      roleColumns.push({ line, role });
      const rule = compileRule(fields.slice(1), { text: raw, line, ...(actions && { actions }) }, report);
      if (rule) rules.push(rule);
    } else if (kind === 'g') {
      if (more.length > 0) report('A "g" line has two columns, role and parent, or the role alone to declare it.');
      links.push({ line, role, ...(parent !== '' && { parent }) });
    } else {
      report(`A line must begin with p (a rule), g (a role) or # (a comment), not with "${kind}".`);
    }
  }

  const roles = checkRoles(roleColumns, links, problems);
  checkDuplicates(rules, problems);
  if (rules.length === 0 && problems.length === 0)
    problems.push({ line: 1, message: 'The policy has no rules. Add at least one "p" line.' });
  if (problems.length > 0) throw policyFault(problems);
  return { rules, roles };
}

/** One fault with all problems; its message shows the first ones. */
function policyFault(problems: readonly PolicyProblem[]): Fault {
  const sorted = problems.toSorted((a, b) => a.line - b.line);
  const messages = sorted.slice(0, 20).map(({ line, message }) => `line ${line}: ${message}`);
  const rest = sorted.length - messages.length;
  return new Fault(
    'BAD_INPUT',
    `The policy is invalid. Correct these lines:\n${messages.join('\n')}${rest > 0 ? `\nand ${rest} more` : ''}`,
    { violations: sorted.map(({ line, message }) => ({ path: `/line/${line}`, message })) },
  );
}

interface CsvRecord {
  readonly line: number;
  readonly text: string;
  readonly fields: readonly string[];
}

/** Line by line, so that a missing quote affects one line and not the rest of the file. */
function* recordsOf(text: string, problems: PolicyProblem[]): Generator<CsvRecord> {
  if (text.length > MAX_CHARACTERS) {
    problems.push({ line: 1, message: `The policy is longer than ${MAX_CHARACTERS} characters.` });
    return;
  }
  for (const [index, whole] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const content = whole.trim();
    if (content === '' || content.startsWith('#')) continue;
    if (/[\p{Cc}\uFFFD]/u.test(content.replaceAll('\t', ' '))) {
      problems.push({ line, message: 'The line contains control characters or is not UTF-8.' });
      continue;
    }
    try {
      yield { line, text: content, fields: fieldsOf(content) };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      problems.push({ line, message: `The line is not CSV (RFC 4180): ${why.replace(/ at line 1\b/, '')}.` });
    }
  }
}

/** A line without quotes is split at its commas, which is a hundred times faster. */
function fieldsOf(content: string): readonly string[] {
  if (!content.includes('"')) return content.split(',').map((field) => field.trim());
  return parseCsv(content, { trim: true, relax_column_count: true })[0] ?? [];
}

/** A role is declared as the first name of a `g` line, so that a misspelled one is reported: in a deny rule it would deny nobody. */
function checkRoles(rules: readonly Link[], links: readonly Link[], problems: PolicyProblem[]): RoleGraph {
  const graph = new Map<Role, Role[]>();
  for (const { line, role } of links) {
    if (ROLE.test(role)) graph.set(role, []);
    else problems.push({ line, message: `"${role}" cannot be the name of a role: use letters, digits and _.:/@-.` });
  }
  if (graph.size > MAX_ROLES) {
    problems.push({ line: 1, message: `There are more than ${MAX_ROLES} roles. Remove some.` });
    return graph;
  }
  for (const { line, role, parent } of links) {
    if (parent === undefined || !graph.has(role)) continue;
    if (graph.has(parent)) graph.get(role)?.push(parent);
    else problems.push({ line, message: undeclared(parent, graph) });
  }
  for (const { line, role } of rules) {
    if (!graph.has(role)) problems.push({ line, message: undeclared(role, graph) });
  }

  const reported = new Set<Role>();
  for (const { line, role } of links) {
    const cycle = reported.has(role) ? undefined : findCycle(graph, role);
    if (!cycle) continue;
    for (const member of cycle) reported.add(member);
    problems.push({ line, message: `Roles inherit in a circle: ${cycle.join(' → ')}.` });
  }
  if (reported.size > 0) return graph;
  for (const { line, role, parent } of links) {
    if (parent === undefined || !inheritsTooDeep(graph, role)) continue;
    problems.push({ line, message: `The role ${role} inherits through more than ${MAX_INHERITANCE_DEPTH} levels.` });
  }
  return graph;
}

function undeclared(role: Role, graph: RoleGraph): string {
  const declared = [...graph.keys()].join(', ') || 'none';
  return `The role "${role}" is not declared. Correct it or add the line "g, ${role}". Declared: ${declared}.`;
}

function checkDuplicates(rules: readonly CompiledRule[], problems: PolicyProblem[]): void {
  const seen = new Map<string, number>();
  for (const { line, rule } of rules) {
    const { id: _id, comment: _comment, ...content } = rule;
    const key = JSON.stringify(content);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, line);
    else problems.push({ line, message: `The rule is the same as in line ${first}. Remove one of them.` });
  }
}
