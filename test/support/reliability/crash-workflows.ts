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

/** More attempts than crashes. */
const retry = { max_attempts: 100, backoff_ms: 10, max_backoff_ms: 100 };

const effectStep = (id: string, more: object = {}, options: object = {}) => ({
  ...{ id, kind: 'command', command: 'actOutside', retry },
  input: { run: '{{ run.id }}', step: id, ms: 20, ...options },
  ...more,
});
const pureStep = (id: string, more: object = {}, ms = 30) => ({
  ...{ id, kind: 'command', command: 'ponder', input: { ms, value: id } },
  ...more,
});
const compensation = (id: string) => ({
  ...{ kind: 'command', command: 'actOutside', retry },
  input: { run: '{{ run.id }}', step: `undo:${id}`, ms: 10 },
});
const after = (...ids: string[]) => ({ depends_on: ids });

/** The workflow that `parent` starts; it must be saved first. */
export const CHILD = {
  name: 'crash_child',
  inputs: { n: 'integer' },
  steps: [
    pureStep('think'),
    effectStep('do', after('think'), { failures: 1, value: '{{ n }}' }),
    { id: 'rest', kind: 'sleep', ...after('do'), input: { ms: 80 } },
  ],
  outputs: { n: '{{ steps.do.output }}' },
};

/** Takes longer than an orderly stop of a server. */
export const SLOW = {
  name: 'crash_slow',
  steps: [{ id: 'rest', kind: 'sleep', input: { ms: 1_500 } }, effectStep('end', after('rest'))],
};

/** The final states that a run of each shape may have, whatever happens to the server. */
export const SHAPES = {
  chain: ['SUCCEEDED'],
  wavering: ['SUCCEEDED', 'FAILED'],
  approval: ['SUCCEEDED', 'DENIED'],
  agreed: ['SUCCEEDED', 'DENIED'],
  fanOut: ['SUCCEEDED'],
  saga: ['FAILED'],
  sleeping: ['SUCCEEDED'],
  signal: ['SUCCEEDED'],
  parent: ['SUCCEEDED'],
} as const;

export type Shape = keyof typeof SHAPES;

/** The workflow of each shape. `n` is the number of the run, and decides which steps fail. */
export function workflowOf(shape: Shape, n: number): object {
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
      return of(
        effectStep('first'),
        {
          ...{ id: 'waver', kind: 'command', command: 'waver', ...after('first') },
          ...{ input: { input: `${n}`, percent: 50 }, retry: { max_attempts: 3, backoff_ms: 20 } },
        },
        effectStep('last', after('waver')),
      );
    case 'approval':
      return of(
        effectStep('before'),
        {
          id: 'agree',
          kind: 'approval',
          input: { reason: `May ${n} continue?`, roles: ['admin'] },
          ...after('before'),
        },
        effectStep('after', after('agree')),
      );
    case 'agreed':
      return of(
        pureStep('before'),
        effectStep('agreed', { command: 'actAgreed', ...after('before') }),
        effectStep('after', after('agreed')),
      );
    case 'fanOut':
      return of({
        ...effectStep('items', {}, { step: 'items[{{ index }}]', failures: '{{ item }}', value: '{{ item }}' }),
        ...{ for_each: [0, 1, 0, 2, 0, 0, 1, 0], max_parallel: 3, on_item_failure: 'collect' },
      });
    case 'saga':
      return of(
        effectStep('reserve', { compensate: compensation('reserve') }),
        effectStep('charge', { compensate: compensation('charge'), ...after('reserve') }),
        {
          ...{ id: 'confirm', kind: 'command', command: 'waver', ...after('charge') },
          ...{ input: { input: `${n}`, percent: 100 }, retry: { max_attempts: 2, backoff_ms: 20 } },
        },
      );
    case 'sleeping':
      return of(
        effectStep('before'),
        { id: 'sleep', kind: 'sleep', input: { ms: 50 + (n % 10) * 100 }, ...after('before') },
        effectStep('after', after('sleep')),
      );
    case 'signal':
      return of(
        pureStep('before'),
        { id: 'wait', kind: 'signal', input: { name: 'go' } },
        effectStep('after', after('wait')),
      );
    case 'parent':
      return of(
        effectStep('before'),
        { id: 'child', kind: 'workflow', workflow: CHILD.name, input: { n }, ...after('before') },
        effectStep('after', after('child')),
      );
  }
}
