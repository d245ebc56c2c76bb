import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus, DurableSubject } from '../../../src/bus/bus.ts';
import { until } from '../until.ts';

/** Longer than an answer takes on a busy machine. */
const LONG_MS = 60_000;

/** What every bus promises. */
export function describeBus(name: string, open: () => Promise<{ bus: Bus; other: Bus; close(): Promise<void> }>) {
  describe(`a bus ${name}`, () => {
    let bus: Bus;
    let other: Bus;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ bus, other, close } = await open());
    });
    afterAll(() => close());

    const bytes = (text: string) => new TextEncoder().encode(text);
    const text = (content: Uint8Array) => new TextDecoder().decode(content);
    const newSubject = () => `job.test-${randomUUID()}`;
    /** Collects what arrives. */
    const listen = async (on: Bus, subject: string, queue?: string) => {
      const seen: string[] = [];
      const end = await on.subscribe(
        subject,
        (message) => seen.push(`${message.subject.split('.').at(-1)} ${text(message.bytes)}`),
        queue === undefined ? {} : { queue },
      );
      return { seen, end };
    };

    it('brings a message to everybody who listens, and to nobody afterwards', async () => {
      const subject = `${newSubject()}.a`;
      const [one, two] = [await listen(bus, subject), await listen(other, subject)];
      await bus.publish(subject, bytes('1'));
      await until('both have it', () => one.seen.length === 1 && two.seen.length === 1);
      await two.end();
      await bus.publish(subject, bytes('2'));
      await until('one has the second', () => one.seen.length === 2);
      expect(two.seen).toEqual(['a 1']);
    });

    it('knows the wildcards of subjects', async () => {
      const root = newSubject();
      const [token, rest] = [await listen(bus, `${root}.*`), await listen(bus, `${root}.>`)];
      for (const subject of [root, `${root}.a`, `${root}.a.b`]) await other.publish(subject, bytes('x'));
      await until('all are there', () => rest.seen.length === 2);
      expect(rest.seen).toEqual(['a x', 'b x']);
      expect(token.seen).toEqual(['a x']);
    });

    it('brings a message to one of a queue', async () => {
      const subject = `${newSubject()}.a`;
      const members = [await listen(bus, subject, 'q'), await listen(other, subject, 'q')];
      const outside = await listen(bus, subject);
      for (let i = 0; i < 50; i += 1) await bus.publish(subject, bytes(String(i)));
      await until('all are there', () => outside.seen.length === 50);
      await until('the queue has all', () => members.flatMap(({ seen }) => seen).length >= 50);
      expect(members.flatMap(({ seen }) => seen).toSorted()).toEqual(outside.seen.toSorted());
    });

    it('says whether anybody got a message', async () => {
      const subject = `${newSubject()}.a`;
      expect(await bus.deliver(subject, bytes('lost'))).toBe(false);
      const { seen, end } = await listen(other, subject, subject);
      const delivered = await Promise.all(Array.from({ length: 20 }, (_, i) => bus.deliver(subject, bytes(String(i)))));
      expect(delivered.every(Boolean)).toBe(true);
      await until('all are there', () => seen.length === 20);
      await end();
      expect(await bus.deliver(subject, bytes('lost'))).toBe(false);
    });

    it('asks those who listen, and waits for the first answer for as long as the caller says', async () => {
      const subject = `${newSubject()}.a`;
      expect(await bus.ask(subject, bytes('nobody'), LONG_MS)).toBeUndefined();
      const ends = [
        await other.subscribe(subject, ({ bytes: asked, answer }) => answer?.(bytes(`${text(asked)}, and yes`))),
        await bus.subscribe(subject, () => {}),
      ];
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => bus.ask(subject, bytes(String(i)), LONG_MS)),
      );
      expect(answers.map((answer) => answer && text(answer))).toEqual(answers.map((_, i) => `${i}, and yes`));
      await ends[0]?.();
      expect(await bus.ask(subject, bytes('silent'), 50)).toBeUndefined();
      await ends[1]?.();
    });

    it('keeps the order of the messages of one sender', async () => {
      const subject = `${newSubject()}.a`;
      const { seen } = await listen(other, subject);
      for (let i = 0; i < 200; i += 1) void bus.publish(subject, bytes(String(i)));
      await until('all are there', () => seen.length === 200);
      expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => `a ${i}`));
    });

    describe('on a durable subject', () => {
      const subject: DurableSubject = 'sys.job.submit';

      it('keeps a message until somebody takes it', async () => {
        await bus.publish(subject, bytes('kept'));
        const taken: string[] = [];
        const stop = await other.consume(subject, async (message) => void taken.push(text(message)));
        await until('it is taken', () => taken.length === 1);
        await stop();
        await bus.publish(subject, bytes('later'));
        const stopAgain = await bus.consume(subject, async (message) => void taken.push(text(message)));
        await until('the next is taken', () => taken.length === 2);
        await stopAgain();
        expect(taken).toEqual(['kept', 'later']);
      });

      it('gives each message to one consumer', async () => {
        const taken: string[] = [];
        const take = async (message: Uint8Array) => void taken.push(text(message));
        const stops = [await bus.consume(subject, take), await other.consume(subject, take)];
        const all = Array.from({ length: 100 }, (_, i) => String(i));
        await Promise.all(all.map((message) => bus.publish(subject, bytes(message))));
        await until('all are taken', () => taken.length >= 100);
        for (const stop of stops) await stop();
        expect(taken.toSorted()).toEqual(all.toSorted());
      });

      it('gives a message again when it was not taken', async () => {
        const tries: number[] = [];
        const stop = await bus.consume(subject, async (_, deliveries) => {
          tries.push(deliveries);
          if (tries.length < 3) throw new Error('not now');
        });
        await bus.publish(subject, bytes('again'));
        await until('it is taken', () => tries.length === 3);
        await stop();
        expect(tries).toEqual([1, 2, 3]);
      });

      it('waits for what was begun when it stops', async () => {
        const begun = Promise.withResolvers<void>();
        const release = Promise.withResolvers<void>();
        let isDone = false;
        const stop = await bus.consume(subject, async () => {
          begun.resolve();
          await release.promise;
          isDone = true;
        });
        await bus.publish(subject, bytes('slow'));
        await begun.promise;
        const stopped = stop().then(() => isDone);
        release.resolve();
        expect(await stopped).toBe(true);
      });

      it('shows it to those who listen as well', async () => {
        const { seen, end } = await listen(other, subject);
        const stop = await bus.consume(subject, async () => {});
        await bus.publish(subject, bytes('seen'));
        await until('it is seen', () => seen.includes('submit seen'));
        await stop();
        await end();
      });
    });
  });
}
