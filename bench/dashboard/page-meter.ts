import type { Page } from 'playwright-core';

/** Browsers report no event that was handled and painted within this time. */
const LEAST_MS = 16;
const TYPES = ['keydown', 'pointerdown', 'pointerup', 'click'];

/** Collected by the page (W3C Event Timing). Runs in the browser. */
const OBSERVE = `(() => {
  const count = () => ${JSON.stringify(TYPES)}.reduce((sum, type) => sum + (performance.eventCounts.get(type) ?? 0), 0);
  const observer = new PerformanceObserver((list) => metered.add(list.getEntries()));
  window.metered = {
    inputs: [],
    before: count(),
    add(entries) {
      for (const { name, startTime, processingStart, duration } of entries)
        if (${JSON.stringify(TYPES)}.includes(name)) metered.inputs.push([processingStart - startTime, duration]);
    },
    read() {
      metered.add(observer.takeRecords());
      const read = { inputs: metered.inputs, count: count() - metered.before };
      Object.assign(metered, { inputs: [], before: count() });
      return read;
    },
  };
  observer.observe({ type: 'event', durationThreshold: ${LEAST_MS} });
})()`;

export interface InputTimes {
  /** Number of the events: keys, buttons of the pointer, clicks. */
  readonly count: number;
  /** From each event to the start of its first handler, in milliseconds. Those shorter than 16 ms to their paint count as 16. */
  readonly delays: readonly number[];
  /** From each event to the next paint. */
  readonly paints: readonly number[];
}

/** Seconds on a processor since the meter was started: in all tasks of the main thread, in their scripts, styles and layouts. */
export type Work = Readonly<Record<'task' | 'script' | 'style' | 'layout', number>>;

/** What a tab does: how soon it handles input, its memory, its work. */
export interface PageMeter {
  /** The inputs since it was asked last. */
  inputs(): Promise<InputTimes>;
  /** The heap after a garbage collection, in MB. */
  heap(): Promise<number>;
  work(): Promise<Work>;
}

export async function startMeter(page: Page): Promise<PageMeter> {
  const cdp = await page.context().newCDPSession(page);
  // Time on the processor, so that other programs on this machine do not count.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(OBSERVE);
  return {
    async inputs() {
      const { inputs, count } = await page.evaluate<{ inputs: [number, number][]; count: number }>('metered.read()');
      const quick = Array.from({ length: Math.max(0, count - inputs.length) }, () => LEAST_MS);
      return {
        count,
        delays: [...inputs.map(([delay]) => delay), ...quick],
        paints: [...inputs.map(([, paint]) => paint), ...quick],
      };
    },
    async heap() {
      await cdp.send('HeapProfiler.collectGarbage');
      return (await cdp.send('Runtime.getHeapUsage')).usedSize / 1e6;
    },
    async work() {
      const { metrics } = await cdp.send('Performance.getMetrics');
      const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
      return {
        task: of('TaskDuration'),
        script: of('ScriptDuration'),
        style: of('RecalcStyleDuration'),
        layout: of('LayoutDuration'),
      };
    },
  };
}
