import { type Bound, type Context, type Operation, operation } from '../values/context.ts';
import { JinjaError } from '../values/errors.ts';
import { formatPercent } from '../values/format.ts';
import { indexOf, numberOf, toFixed } from '../values/numbers.ts';
import { escapeMarkup, toMarkup, toText } from '../values/print.ts';
import * as texts from '../values/text.ts';
import { isMapping, isTruthy, kindOf, Markup, Tuple, textOf, type Value } from '../values/values.ts';

/** A filter of text. What it makes of markup is markup. */
function textFilter(parameters: string, act: (text: string, args: Bound, context: Context) => string): Operation {
  return operation(parameters, (input, args, context) => {
    const text = toText(input, context.budget);
    context.budget.bytes(text.length);
    const result = act(text, args, context);
    return input instanceof Markup ? new Markup(result) : result;
  });
}

const intArg = (value: Value | undefined, fallback: number, what: string) =>
  value === undefined || value === null ? fallback : indexOf(value, what);
const textArg = (value: Value | undefined, fallback: string, { budget }: Context) =>
  value === undefined || value === null ? fallback : toText(value, budget);

export const TEXT_FILTERS = {
  upper: textFilter('', (text) => text.toUpperCase()),
  lower: textFilter('', (text) => text.toLowerCase()),
  capitalize: textFilter('', texts.capitalize),
  title: textFilter('', (text) =>
    text
      .split(/([-\s({[<]+)/)
      .map(texts.capitalize)
      .join(''),
  ),
  trim: textFilter('chars', (text, [chars], context) =>
    texts.strip(text, chars == null ? undefined : textArg(chars, '', context), 'both'),
  ),
  center: textFilter('width', (text, [width], { budget }) =>
    texts.pad(text, intArg(width, 80, 'width'), ' ', '^', budget),
  ),
  indent: textFilter('width first blank', (text, [width, first, blank], context) => {
    const indention = typeof width === 'string' ? width : ' '.repeat(bounded(intArg(width, 4, 'width'), context));
    const lines = texts.splitLines(text, false, context.budget).slice();
    if (text.endsWith('\n')) lines.push('');
    context.budget.bytes(lines.length * (indention.length + 1));
    const [head = '', ...rest] = lines;
    const tail = rest.map((line) =>
      line !== '' || (blank !== undefined && isTruthy(blank)) ? indention + line : line,
    );
    return [first !== undefined && isTruthy(first) ? indention + head : head, ...tail].join('\n');
  }),
  replace: operation('old new count', replace),
  truncate: operation('length killwords end leeway', truncate),
  wordwrap: textFilter('width break_long_words wrapstring break_on_hyphens', wordWrap),
  wordcount: operation('', (input, _, { budget }) => {
    const text = toText(input, budget);
    budget.bytes(text.length);
    return text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0;
  }),
  format: { apply: format },
  string: operation('', (input, _, { budget }) => (input instanceof Markup ? input : toText(input, budget))),
  split: operation('sep maxsplit', (input, [separator, max], context) =>
    texts
      .split(
        toText(input, context.budget),
        separator == null ? undefined : textArg(separator, '', context),
        intArg(max, -1, 'maxsplit'),
        context.budget,
      )
      .slice(),
  ),
  lines: operation('', (input, _, { budget }) => texts.splitLines(toText(input, budget), false, budget).slice()),
  pluralize: operation('singular plural', (input, [singular = '', plural = 's']) => {
    const count = isCounted(input) ? input.length : Number(numberOf(input));
    if (Number.isNaN(count)) throw new JinjaError(`needs a number or a list, not ${kindOf(input)}`);
    return count === 1 ? singular : plural;
  }),
  filesizeformat: operation('binary', (input, [binary]) => fileSize(input, binary !== undefined && isTruthy(binary))),
} satisfies Readonly<Record<string, Operation>>;

function isCounted(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function bounded(width: number, { budget }: Context): number {
  budget.bytes(Math.max(0, width));
  return Math.max(0, width);
}

function replace(input: Value, [old, other, count]: Bound, context: Context): Value {
  const { budget, autoescape } = context;
  const max = intArg(count, -1, 'count');
  if (old === undefined || other === undefined) throw new JinjaError('needs what to replace, and by what');
  const asMarkup = autoescape && [input, old, other].some((value) => value instanceof Markup);
  if (!asMarkup) return texts.replace(toText(input, budget), toText(old, budget), toText(other, budget), max, budget);
  return new Markup(texts.replace(toMarkup(input, budget), toText(old, budget), toMarkup(other, budget), max, budget));
}

function truncate(input: Value, [length, killWords, end, leeway]: Bound, context: Context): Value {
  const isMarkup = input instanceof Markup;
  const text = toText(input, context.budget);
  const limit = intArg(length, 255, 'length');
  const mark =
    isMarkup && !(end instanceof Markup) ? escapeMarkup(textArg(end, '...', context)) : textArg(end, '...', context);
  const markLength = texts.lengthOf(mark);
  if (limit < markLength) throw new JinjaError(`the length must be at least ${markLength}`);
  if (texts.lengthOf(text) <= limit + intArg(leeway, 5, 'leeway')) return input instanceof Markup ? input : text;
  let cut = texts.sliceText(text, 0, limit - markLength);
  if (killWords === undefined || !isTruthy(killWords)) {
    const space = cut.lastIndexOf(' ');
    if (space >= 0) cut = cut.slice(0, space);
  }
  context.budget.bytes(cut.length + mark.length);
  return isMarkup ? new Markup(cut + mark) : cut + mark;
}

/** Each line is wrapped for itself; words longer than the width are cut. */
function wordWrap(text: string, [width, cutWords, wrap, hyphens]: Bound, context: Context): string {
  const limit = intArg(width, 79, 'width');
  if (limit < 1) throw new JinjaError('the width must be at least 1');
  const cuts = cutWords === undefined || isTruthy(cutWords);
  const separator = textArg(wrap, '\n', context);
  const pieces =
    hyphens === undefined || isTruthy(hyphens)
      ? /\s+|[^\s-]*[\p{L}\p{N}_]-(?=[\p{L}\p{N}_])|\S+?(?=[\p{L}\p{N}_]-[\p{L}\p{N}_])|\S+/gu
      : /\s+|\S+/gu;
  const out: string[] = [];
  for (const line of texts.splitLines(text, false, context.budget)) {
    const lines: string[] = [];
    let current = '';
    const flush = () => {
      if (current.trimEnd() !== '') lines.push(current.trimEnd());
      current = '';
    };
    for (const [piece] of line.matchAll(pieces)) {
      let word: string = piece;
      if (
        texts.lengthOf(current + word) > limit &&
        current !== '' &&
        (word.trim() === '' || texts.lengthOf(word) <= limit || !cuts)
      ) {
        flush();
        if (word.trim() === '') continue;
      }
      while (cuts && texts.lengthOf(current + word) > limit && word.trim() !== '') {
        const room = limit - texts.lengthOf(current);
        current += texts.sliceText(word, 0, room);
        word = texts.sliceText(word, room);
        flush();
      }
      current += word;
    }
    flush();
    out.push(lines.join(separator));
    context.budget.bytes(lines.length * separator.length);
  }
  return out.join(separator);
}

function format(
  input: Value,
  { positional, named }: { readonly positional: readonly Value[]; readonly named: ReadonlyMap<string, Value> },
  { budget }: Context,
): Value {
  if (named.size > 0 && positional.length > 0) throw new JinjaError('takes values with or without names, not both');
  const isMarkup = input instanceof Markup;
  const safe = (value: Value) => (isMarkup && textOf(value) !== undefined ? toMarkup(value, budget) : value);
  const [only] = positional;
  const values: Value =
    named.size > 0
      ? new Map([...named].map(([name, value]) => [name, safe(value)]))
      : positional.length === 1 && only !== undefined && isMapping(only)
        ? only
        : Tuple.copy(positional.map(safe));
  const text = formatPercent(toText(input, budget), values, budget);
  return isMarkup ? new Markup(text) : text;
}

function fileSize(input: Value, binary: boolean): string {
  const bytes = Number(numberOf(input) ?? textOf(input) ?? Number.NaN);
  if (Number.isNaN(bytes)) throw new JinjaError('needs a number of bytes');
  const base = binary ? 1024 : 1000;
  const prefixes = binary ? ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'] : ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  let unit = base;
  for (const [i, prefix] of prefixes.entries()) {
    unit = base ** (i + 2);
    if (bytes < unit || i === prefixes.length - 1) return `${toFixed((base * bytes) / unit, 1)} ${prefix}B`;
  }
  return '';
}
