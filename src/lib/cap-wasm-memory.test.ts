import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { capWasmMemory } from './cap-wasm-memory.ts';

/** A module with only one memory of one page, exported as `m`. */
const SMALL = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x05, 0x03, 0x01, 0x00, 0x01],
  ...[0x07, 0x05, 0x01, 0x01, 0x6d, 0x02, 0x00],
]);

function memoryOf(wasm: Uint8Array<ArrayBuffer>): WebAssembly.Memory {
  return new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports.m as WebAssembly.Memory;
}

describe('capWasmMemory', () => {
  it('lets a memory grow to the cap and no further', () => {
    expect(memoryOf(SMALL).grow(1_000)).toBe(1);
    const memory = memoryOf(capWasmMemory(SMALL, 300 * 65_536));
    expect(memory.grow(299)).toBe(1);
    expect(() => memory.grow(1)).toThrow(RangeError);
  });

  it('leaves the rest of a real module unchanged', () => {
    const file = fileURLToPath(import.meta.resolve('minijinja-js/dist/bundler/minijinja_js_bg.wasm'));
    const wasm = Uint8Array.from(readFileSync(file));
    const shape = (bytes: Uint8Array<ArrayBuffer>) => {
      const module = new WebAssembly.Module(bytes);
      return [WebAssembly.Module.imports(module), WebAssembly.Module.exports(module)];
    };
    expect(shape(capWasmMemory(wasm, 128 * 2 ** 20))).toEqual(shape(wasm));
  });

  it('rejects a module without a memory', () => {
    expect(() => capWasmMemory(SMALL.subarray(0, 8), 65_536)).toThrow(TypeError);
  });
});
