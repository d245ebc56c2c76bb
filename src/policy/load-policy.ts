import { readFile } from 'node:fs/promises';
import { Fault } from '../core/errors.ts';
import type { Policy, SimulatedPolicy } from '../core/policy.ts';
import type { Logger } from '../core/telemetry.ts';
import { type CompiledPolicy, compilePolicy, type PolicyText, snapshotOf } from './compile-policy.ts';
import { decide } from './decide.ts';
import { explain } from './explain.ts';
import { readStable } from './reload/read-stable.ts';
import { watchFiles } from './reload/watch-files.ts';

export interface PolicySource {
  readonly modelFile: string;
  readonly rulesFile: string;
  readonly logger: Logger;
  /** All actions. If set, a rule with another action, without `*`, is rejected as misspelled. */
  readonly actions?: readonly string[];
}

/**
 * The policy of the two files, replaced as a whole when they change. An invalid new policy is rejected: the log lists its
 * lines, and the current policy stays in force.
 * @throws Fault BAD_INPUT with every problem when the policy is invalid at start, or a file cannot be read
 */
export async function loadPolicy(source: PolicySource): Promise<Policy & { close(): void }> {
  const { modelFile, rulesFile, logger, actions } = source;
  let current = await compilePolicy(await readPolicyFiles(source), actions);
  logger.info('policy.loaded', summary(current));
  /** The last message in the log, so that it is not repeated at every check. */
  let complaint: string | undefined;

  const complain = (subject: string, error: unknown) => {
    if (subject === complaint) return;
    complaint = subject;
    const { message, violations } = error instanceof Fault ? error : { message: String(error), violations: [] };
    logger.error('policy.refused', { inForce: current.snapshot, message, problems: violations });
  };
  const reload = async () => {
    const text = await readStable(() => readPolicyFiles(source), snapshotOf);
    const snapshot = snapshotOf(text);
    if (snapshot === current.snapshot) complaint = undefined;
    if (snapshot === current.snapshot || snapshot === complaint) return;
    try {
      current = await compilePolicy(text, actions);
      complaint = undefined;
      logger.info('policy.reloaded', summary(current));
    } catch (error) {
      complain(snapshot, error);
    }
  };
  const watch = watchFiles([modelFile, rulesFile], () => reload().catch((error) => complain(String(error), error)));

  return {
    decide: (request) => decide(current, request),
    explain: (request) => explain(current, request),
    rules: () => current.rules.map(({ rule }) => rule),
    source: () => ({ text: current.text, roles: [...current.roles.keys()] }),
    simulate: (rules) => simulate({ model: current.model, rules }, actions),
    snapshot: () => current.snapshot,
    close: () => watch.close(),
  };
}

async function simulate(text: PolicyText, actions: readonly string[] | undefined): Promise<SimulatedPolicy> {
  try {
    const policy = await compilePolicy(text, actions);
    return { problems: [], decide: (request) => decide(policy, request) };
  } catch (error) {
    if (!(error instanceof Fault) || error.violations.length === 0) throw error;
    return {
      problems: error.violations.map(({ path, message }) => {
        const [, line] = /^\/line\/(\d+)$/.exec(path) ?? [];
        return { message, ...(line !== undefined && { line: Number(line) }) };
      }),
    };
  }
}

const summary = ({ snapshot, rules, roles }: CompiledPolicy) => ({
  snapshot,
  rules: rules.length,
  roles: [...roles.keys()],
});

async function readPolicyFiles({ modelFile, rulesFile }: PolicySource): Promise<PolicyText> {
  try {
    const [model, rules] = await Promise.all([readFile(modelFile, 'utf8'), readFile(rulesFile, 'utf8')]);
    return { model, rules };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Fault(
      'BAD_INPUT',
      `The policy cannot be read: ${why}. It consists of two files, the model and the rules.`,
      {
        cause: error,
      },
    );
  }
}
