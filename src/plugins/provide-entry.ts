import { registerHooks } from 'node:module';

const SPECIFIER = 'signalbox/plugin';
const ENTRY = new URL('./plugin.ts', import.meta.url).href;
let isProvided = false;

/**
 * From now on `signalbox/plugin` is this server's, for modules in any folder: a plugin needs no package there to run, and
 * throws the faults that this server catches, whatever is installed next to it.
 */
export function provideEntry(): void {
  if (isProvided) return;
  isProvided = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === SPECIFIER ? { url: ENTRY, shortCircuit: true } : next(specifier, context),
  });
}
