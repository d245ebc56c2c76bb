import { describe, expect, it } from 'vitest';
import { createJinjaEngine, type JinjaEngine } from './jinja-engine.ts';

const MEMORY = 16 * 2 ** 20;
const render = (engine: JinjaEngine, text: string) =>
  engine.use((environment) => environment.renderStr(text, { a: 1 }));

describe('createJinjaEngine', () => {
  it('creates independent engines', () => {
    const [one, other] = [createJinjaEngine(MEMORY), createJinjaEngine(MEMORY)];
    one.use((environment) => environment.addTemplate('t', 'one {{ a }}'));
    other.use((environment) => environment.addTemplate('t', 'other {{ a }}'));
    for (let i = 0; i < 3; i += 1) {
      expect(one.use((environment) => environment.renderTemplate('t', { a: i }))).toBe(`one ${i}`);
      expect(other.use((environment) => environment.renderTemplate('t', { a: i }))).toBe(`other ${i}`);
    }
  });

  it('limits the memory of each engine, and one that runs out does not affect others', () => {
    const sharedEngine = createJinjaEngine(MEMORY);
    for (let i = 0; i < 10; i += 1) {
      const engine = createJinjaEngine(MEMORY);
      expect(() => render(engine, '{{ "x" * 100000000 }}')).toThrow(WebAssembly.RuntimeError);
      expect(engine.memoryBytes()).toBeLessThanOrEqual(MEMORY);
      engine.close();
      expect(render(sharedEngine, '{{ a + 1 }}')).toBe('2');
    }
  });
});
