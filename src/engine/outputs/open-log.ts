import { Fault } from '../../core/errors.ts';
import type { Journal } from '../../core/journal.ts';
import type { Policy } from '../../core/policy.ts';
import type { Scope, SignedIn } from '../../core/principal.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import { scopeOf } from '../../policy/visibility.ts';

const PAGE_EVENTS = 400;

interface LogDeps {
  readonly policy: Policy;
  readonly journal: Pick<Journal, 'page'>;
  readonly reader: Pick<StoreReader, 'run'>;
}

/**
 * The log of a run as text, up to what is recorded now: `TIME LEVEL [STEP] LINE`, with the time as ISO 8601. Further lines of an entry
 * follow as they are.
 * @param step the key of the only step whose log it is
 * @throws Fault NOT_FOUND for a run that the principal may not see
 */
export async function openLog(
  { policy, journal, reader }: LogDeps,
  principal: SignedIn,
  runId: string,
  step?: string,
): Promise<AsyncIterable<string>> {
  const scope = scopeOf(principal, policy);
  if (!scope || !(await reader.run(scope, runId))) {
    throw new Fault('NOT_FOUND', `There is no run ${runId} that you may see.`);
  }
  return logText(journal, scope, runId, step);
}

async function* logText(
  journal: LogDeps['journal'],
  scope: Scope,
  runId: string,
  step?: string,
): AsyncGenerator<string, void> {
  const filter = { runId, types: ['LOG' as const], ...(step !== undefined && { steps: [step] }) };
  for (let position = 0, isDone = false; !isDone; ) {
    const batch = await journal.page(position, filter, scope, PAGE_EVENTS);
    let text = '';
    for (const event of batch.events) {
      if (event.type !== 'LOG') continue;
      const { at, step: key, payload } = event;
      text += `${at.toISOString()} ${payload.level} ${key === undefined ? '' : `[${key}] `}${payload.text}\n`;
    }
    if (text !== '') yield text;
    ({ position } = batch);
    isDone = batch.caughtUp;
  }
}
