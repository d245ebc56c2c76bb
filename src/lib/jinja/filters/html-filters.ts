import { type Context, type Operation, operation } from '../values/context.ts';
import { JinjaError } from '../values/errors.ts';
import { indexOf } from '../values/numbers.ts';
import { escapeMarkup, toJsonText, toMarkup, toText } from '../values/print.ts';
import { lengthOf, sliceText } from '../values/text.ts';
import { entriesOf, isList, isMapping, isText, isTruthy, Markup, Undefined, type Value } from '../values/values.ts';

const escapeFilter = operation('', (input, _, { budget }) => new Markup(toMarkup(input, budget)));

const tojson = operation('indent', (input, [indent], { budget }) => {
  const width = indent == null ? undefined : indexOf(indent, 'indent');
  if (width !== undefined) budget.bytes(Math.max(0, width));
  const text = toJsonText(input, budget, width === undefined ? {} : { indent: ' '.repeat(Math.max(0, width)) });
  return new Markup(text.replaceAll(/[<>&']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`));
});

export const HTML_FILTERS = {
  escape: escapeFilter,
  e: escapeFilter,
  forceescape: operation('', (input, _, { budget }) => new Markup(escapeMarkup(toText(input, budget)))),
  safe: operation('', (input, _, { budget }) => new Markup(toText(input, budget))),
  striptags: operation('', (input, _, { budget }) => {
    const text = toText(input, budget);
    budget.bytes(text.length);
    return decodeEntities(withoutTags(text).split(/\s+/).filter(Boolean).join(' '));
  }),
  urlencode: operation('', (input, _, { budget }) => urlEncode(input, budget)),
  urlize: operation(
    'trim_url_limit nofollow target rel extra_schemes',
    (input, [limit, nofollow, target, rel], context) => {
      const html = urlize(toMarkup(input, context.budget), {
        limit: limit == null ? undefined : indexOf(limit, 'trim_url_limit'),
        rel: relation(rel, nofollow !== undefined && isTruthy(nofollow), context),
        target: target == null ? undefined : toText(target, context.budget),
      });
      context.budget.bytes(html.length);
      return context.autoescape ? new Markup(html) : html;
    },
  ),
  xmlattr: operation('autospace', (input, [autospace], { budget, autoescape }) => {
    if (!isMapping(input)) throw new JinjaError('needs a mapping');
    const attributes = entriesOf(input)
      .filter(([, value]) => value !== null && !(value instanceof Undefined))
      .map(([key, value]) => {
        const name = toText(key, budget);
        if (/[\s/>=]/.test(name)) throw new JinjaError(`${JSON.stringify(name)} is not the name of an attribute`);
        return `${escapeMarkup(name)}="${toMarkup(value, budget)}"`;
      });
    const text = attributes.join(' ');
    const spaced = text !== '' && (autospace === undefined || isTruthy(autospace)) ? ` ${text}` : text;
    return autoescape ? new Markup(spaced) : spaced;
  }),
  tojson,
} satisfies Readonly<Record<string, Operation>>;

/** Without comments and tags, read from left to right in linear time. */
function withoutTags(text: string): string {
  const parts: string[] = [];
  for (let at = 0; ; ) {
    const open = text.indexOf('<', at);
    const isComment = text.startsWith('<!--', open);
    const close = open < 0 ? -1 : text.indexOf(isComment ? '-->' : '>', open);
    if (close < 0) {
      parts.push(text.slice(at));
      return parts.join('');
    }
    parts.push(text.slice(at, open));
    at = close + (isComment ? 3 : 1);
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w{2,4}));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function urlEncode(input: Value, budget: Context['budget']): string {
  const quote = (value: Value, isQuery: boolean) => {
    const text = toText(value, budget).toWellFormed();
    budget.bytes(text.length * 3);
    const encoded = encodeURIComponent(text).replaceAll(
      /[!'()*]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    return isQuery ? encoded.replaceAll('%20', '+') : encoded.replaceAll('%2F', '/');
  };
  if (isText(input) || !(isMapping(input) || isList(input))) return quote(input, false);
  const pairs = isMapping(input) ? entriesOf(input) : input;
  return pairs
    .map((pair) => {
      if (!Array.isArray(pair) || pair.length !== 2) throw new JinjaError('needs pairs of a name and a value');
      return pair.map((part) => quote(part as Value, true)).join('=');
    })
    .join('&');
}

function withoutPunctuation(word: string): string {
  let end = word.length;
  for (;;) {
    if (word.startsWith('&gt;', end - 4)) end -= 4;
    else if (end > 0 && ')>.,'.includes(word.charAt(end - 1))) end -= 1;
    else return word.slice(0, end);
  }
}

interface LinkOptions {
  readonly limit: number | undefined;
  readonly rel: string;
  readonly target: string | undefined;
}

function relation(rel: Value | undefined, nofollow: boolean, { budget }: Context): string {
  const words = new Set(rel == null ? [] : toText(rel, budget).split(/\s+/).filter(Boolean));
  if (nofollow) words.add('nofollow');
  words.add('noopener');
  return [...words].toSorted().join(' ');
}

/** Addresses of the web and of mail in escaped text become links. */
function urlize(html: string, { limit, rel, target }: LinkOptions): string {
  const attributes = `${rel === '' ? '' : ` rel="${escapeMarkup(rel)}"`}${target === undefined ? '' : ` target="${escapeMarkup(target)}"`}`;
  const shown = (url: string) =>
    limit !== undefined && lengthOf(url) > limit ? `${sliceText(url, 0, limit)}...` : url;
  return html
    .split(/(\s+)/)
    .map((word) => {
      const [, head = '', rest = ''] = /^((?:[(<]|&lt;)*)(.*)$/s.exec(word) ?? [];
      const url = withoutPunctuation(rest);
      const tail = rest.slice(url.length);
      if (/^https?:\/\/[^\s/]+/i.test(url)) return `${head}<a href="${url}"${attributes}>${shown(url)}</a>${tail}`;
      if (/^(?:www\.[^\s/]+\.|[\w.-]+\.(?:com|net|org|int|edu|gov|mil|info)(?:$|[/?#:]))/i.test(url)) {
        return `${head}<a href="https://${url}"${attributes}>${shown(url)}</a>${tail}`;
      }
      if (/^[^\s@:]+@[^\s@]+\.[^\s@]+$/.test(url)) return `${head}<a href="mailto:${url}">${url}</a>${tail}`;
      return word;
    })
    .join('');
}
