/** A random generator of numbers from 0 to 1; the same seed gives the same numbers (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The key of steps that ask the language model, which does not act. */
export const ASKS_MODEL = 'say';

/** More attempts than crashes. */
const retry = { max_attempts: 100, backoff_ms: 10, max_backoff_ms: 100 };

/** What a step that acts tells the outside world, in addition to its run and its name. */
interface ActOptions {
  readonly step?: string;
  readonly ms?: number;
  readonly failures?: unknown;
  readonly value?: unknown;
}

/** A step that acts on the outside world at this URL: an agent behind HTTP. It has one attempt unless `more` has `retry`. */
export const actStep = (url: string, id: string, options: ActOptions = {}, more: object = {}, path = 'act') => ({
  ...{ id, kind: 'agent', input: { run: '{{ run.id }}', step: id, ...options } },
  agent: { role: 'Actor', goal: 'Act.', backend: 'http_api', backend_config: { url: `${url}/${path}` } },
  ...more,
});

const after = (...ids: string[]) => ({ depends_on: ids });

/** Workflows that act on the outside world at this URL. */
export function crashWorkflows(url: string) {
  const effectStep = (id: string, more: object = {}, options: ActOptions = {}, path?: string) =>
    actStep(url, id, { ms: 20, ...options }, { retry, ...more }, path);
  const pureStep = (id: string, more: object = {}) => ({
    ...{ id, kind: 'command', command: 'fetch', input: { source: { uri: `${url}/ponder?ms=30&value=${id}` } } },
    ...{ retry, ...more },
  });
  const waverStep = (n: number, percent: number, more: object) => ({
    ...actStep(url, 'waver', {}, { retry: { max_attempts: 3, backoff_ms: 20 }, ...more }),
    input: { run: '{{ run.id }}', step: 'waver', n, percent },
  });
  const compensation = (id: string) => {
    const { id: _, depends_on: __, ...undo } = effectStep(id, {}, { step: `undo:${id}` }) as Record<string, unknown>;
    return { compensate: undo };
  };
  const model = { role: 'Sayer', goal: 'Say yes.', backend: 'litellm', backend_config: { max_tokens: 50 } };

  return {
    /** Started by `parent`; must be saved first. */
    child: {
      name: 'crash_child',
      inputs: { n: 'integer', rest: 'integer' },
      steps: [
        pureStep('think'),
        effectStep('do', after('think'), { failures: 1, value: '{{ n }}' }),
        { id: 'rest', kind: 'sleep', ...after('do'), input: { ms: '{{ rest }}' } },
      ],
      outputs: { n: '{{ steps.do.output }}' },
    },

    /** Takes longer than an orderly stop of a server. */
    slow: {
      name: 'crash_slow',
      steps: [{ id: 'rest', kind: 'sleep', input: { ms: 1_500 } }, effectStep('end', after('rest'))],
    },

    /** The workflow of each shape. `n` is the number of the run, and decides which steps fail. */
    workflowOf(shape: WorkflowShape, n: number): object {
      const of = (...steps: object[]) => ({ name: `crash_${shape}`, steps });
      switch (shape) {
        case 'chain':
          return of(
            pureStep('one'),
            effectStep('two', after('one'), { failures: n % 3, value: n }),
            { id: 'three', kind: 'transform', input: { data: '{{ steps.two.output }}', expression: '$ + 1' } },
            pureStep('four', after('three')),
            effectStep('five', after('four')),
          );
        case 'wavering':
          return of(effectStep('first'), waverStep(n, 50, after('first')), effectStep('last', after('waver')));
        case 'approval':
          return of(
            effectStep('before'),
            {
              ...{ id: 'agree', kind: 'approval', input: { reason: `May ${n} continue?`, roles: ['admin'] } },
              ...after('before'),
            },
            effectStep('after', after('agree')),
          );
        case 'agreed':
          return of(
            pureStep('before'),
            effectStep('agreed', after('before'), {}, 'agreed'),
            effectStep('after', after('agreed')),
          );
        case 'fanOut': {
          const item = { step: 'items[{{ index }}]', failures: '{{ item }}', value: '{{ item }}' };
          const each = { for_each: [0, 1, 0, 2, 0, 0, 1, 0], max_parallel: 3, on_item_failure: 'collect' };
          return of(effectStep('items', each, item));
        }
        case 'saga':
          return of(
            effectStep('reserve', compensation('reserve')),
            effectStep('charge', { ...compensation('charge'), ...after('reserve') }),
            waverStep(n, 100, after('charge')),
          );
        case 'sleeping':
          return of(
            effectStep('before'),
            { id: 'sleep', kind: 'sleep', input: { ms: 50 + (n % 10) * 300 }, ...after('before') },
            effectStep('after', after('sleep')),
          );
        case 'signal':
          return of(
            pureStep('before'),
            { id: 'wait', kind: 'signal', input: { name: 'go' } },
            effectStep('after', after('wait')),
          );
        case 'agent':
          return of({ id: ASKS_MODEL, kind: 'agent', agent: model, retry }, effectStep('after', after(ASKS_MODEL)));
        case 'parent':
          return of(
            effectStep('before'),
            // After a longer rest, neither the child nor the parent is in memory.
            {
              ...{ id: 'child', kind: 'workflow', workflow: 'crash_child', ...after('before') },
              input: { n, rest: n % 2 === 0 ? 80 : 5_000 },
            },
            effectStep('after', after('child')),
          );
      }
    },
  };
}

/** The final states that a workflow of each shape may have, whatever happens to the server. */
export const WORKFLOW_SHAPES = {
  chain: ['SUCCEEDED'],
  wavering: ['SUCCEEDED', 'FAILED'],
  approval: ['SUCCEEDED', 'DENIED'],
  agreed: ['SUCCEEDED', 'DENIED'],
  fanOut: ['SUCCEEDED'],
  saga: ['FAILED'],
  sleeping: ['SUCCEEDED'],
  signal: ['SUCCEEDED'],
  agent: ['SUCCEEDED'],
  parent: ['SUCCEEDED'],
} as const;

export type WorkflowShape = keyof typeof WORKFLOW_SHAPES;
