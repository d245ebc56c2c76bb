import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { until } from '../../test/support/until.ts';

/** A word that is in some of the lines, and one that is in each. */
const WORDS = ['page=4', 'worker'];
/** Between two inputs. Different ones, so that they do not follow the frames of the page. */
const PAUSES_MS = [35, 80, 50, 120, 65, 95];

/** More than the page is high. */
const PAGE_PX = 3_000;
/** Where nothing scrolls but the page. */
const HEADING = { x: 400, y: 40 };

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Points of the nodes of the graph that nothing covers. Runs in the browser. */
const POINTS = `Object.fromEntries([...document.querySelectorAll('[data-node]')].flatMap((node) => {
  const { x, y, width, height } = node.getBoundingClientRect();
  const point = { x: x + width / 2, y: y + height / 2 };
  return node.contains(document.elementFromPoint(point.x, point.y)) ? [[node.dataset.node, point]] : [];
}))`;

/** A person on the page of a run: only real input, by pointer, wheel and keyboard. */
export interface RunPageUser {
  /** Finds a text in the open log, scrolls up in it and follows it again. */
  useLog(): Promise<void>;
  /** Opens other steps by their nodes, and the logging one again. */
  useGraph(): Promise<void>;
}

export function openRunPageUser(page: Page, step: string): RunPageUser {
  let inputs = 0;
  let visits = 0;
  const pause = () => sleep(PAUSES_MS[inputs++ % PAUSES_MS.length]);
  const press = async (key: string) => {
    await page.keyboard.press(key);
    await pause();
  };
  const click = async ({ x, y }: Point) => {
    await page.mouse.move(x, y, { steps: 3 });
    await page.mouse.click(x, y);
    await pause();
  };
  const centerOf = async (locator: ReturnType<Page['locator']>): Promise<Point> => {
    const box = await locator.boundingBox();
    if (!box) throw new Error(`${locator} cannot be seen`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  /** Scrolls the page, by the wheel over its heading. */
  const scrollPage = async (by: number) => {
    await page.mouse.move(HEADING.x, HEADING.y);
    await page.mouse.wheel(0, by);
    await pause();
  };
  const field = page.getByLabel('Find in the log');
  const rows = page.getByRole('listbox');

  return {
    async useLog() {
      await scrollPage(PAGE_PX);
      await click(await centerOf(field));
      const word = WORDS[visits++ % WORDS.length] ?? '';
      for (const letter of word) await press(letter);
      for (const _ of word) await press('Backspace');
      await click(await centerOf(rows));
      for (let turn = 0; turn < 12; turn += 1) {
        await page.mouse.wheel(0, turn < 8 ? -600 : 400);
        await pause();
      }
      for (const key of ['PageUp', 'PageUp', 'PageDown', 'f']) await press(key);
    },
    async useGraph() {
      await scrollPage(-PAGE_PX);
      const points = () => page.evaluate<Record<string, Point>>(POINTS);
      const logging = await until('the node of the step is in view', async () => (await points())[step]);
      const others = Object.values(await points());
      for (let n = 0; n < 3; n += 1) await click(others[(visits * 3 + n) % others.length] ?? logging);
      await click(logging);
      await rows.waitFor();
    },
  };
}
