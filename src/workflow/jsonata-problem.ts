import jsonata from 'jsonata';

/** Longer ones are only parsed when they run, in a worker. */
const MAX_CHECKED = 8_192;

/** Why a text is no JSONata; undefined when it is, as far as can be told before it runs. */
export function jsonataProblem(expression: string): string | undefined {
  if (expression.length > MAX_CHECKED) return undefined;
  try {
    jsonata(expression);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return 'it nests too deeply';
    const { message = String(error), position } = error as { readonly message?: string; readonly position?: number };
    return `${message.slice(0, 200)}${position === undefined ? '' : `, at character ${position}`}`;
  }
}
