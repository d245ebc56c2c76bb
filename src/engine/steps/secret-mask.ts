const REDACTED = '[secret]';
/** A shorter beginning of a secret at the end of a text says little, and may be a word. */
const MIN_BEGINNING = 6;
/** What marks a text that was cut. */
const ELLIPSIS = '…';

/** Replaces every form in a text, also those that overlap; at the end of a text that was cut, a beginning of one too. */
export function maskSecrets(text: string, forms: readonly string[]): string {
  const isCut = text.endsWith(ELLIPSIS);
  const whole = isCut ? text.slice(0, -ELLIPSIS.length) : text;
  const covered = isCut ? [...matchesIn(whole, forms), ...beginningAtEnd(whole, forms)] : matchesIn(whole, forms);
  if (covered.length === 0) return text;
  return maskRanges(whole, covered, false).text + (isCut ? ELLIPSIS : '');
}

/** Masks a text that arrives in pieces, wherever it is cut. */
export interface MaskStream {
  /** @returns what can be shown: the end of the text so far is kept if it may be the beginning of a form */
  push(piece: string): string;
  /** @returns the rest, without a beginning of a form at its end */
  end(): string;
}

/** @param forms asked at each piece, because secrets may become known meanwhile */
export function createMaskStream(forms: () => readonly string[]): MaskStream {
  /** Not shown yet. */
  let kept = '';
  /** How much of it is covered by a form that began earlier. */
  let coveredLength = 0;
  /** What was shown ends with a mask. */
  let isMasked = false;

  const show = (length: number, covered: readonly Range[]) => {
    const shown = maskRanges(kept.slice(0, length), covered, isMasked);
    const end = covered.reduce((most, [from, to]) => (from < length ? Math.max(most, to) : most), coveredLength);
    coveredLength = Math.max(0, end - length);
    if (length > 0) isMasked = shown.isMasked;
    kept = kept.slice(length);
    return shown.text;
  };
  const covered = () => [...matchesIn(kept, forms()), ...(coveredLength > 0 ? [[0, coveredLength] as const] : [])];

  return {
    push(piece) {
      kept += piece;
      return show(startOfBeginning(kept, forms(), 1) ?? kept.length, covered());
    },
    end() {
      const text = show(kept.length, [...covered(), ...beginningAtEnd(kept, forms())]);
      isMasked = false;
      return text;
    },
  };
}

/** Start and end. */
type Range = readonly [from: number, to: number];

function matchesIn(text: string, forms: readonly string[]): readonly Range[] {
  const ranges: Range[] = [];
  for (const form of forms) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) ranges.push([at, at + form.length]);
  }
  return ranges;
}

function beginningAtEnd(text: string, forms: readonly string[]): readonly Range[] {
  const start = startOfBeginning(text, forms, MIN_BEGINNING);
  return start === undefined ? [] : [[start, text.length]];
}

/** Where the longest beginning of a form starts with which the text ends. */
function startOfBeginning(text: string, forms: readonly string[], minLength: number): number | undefined {
  const longest = forms.reduce((most, form) => Math.max(most, form.length - 1), 0);
  for (let at = Math.max(0, text.length - longest); at <= text.length - minLength; at += 1) {
    const end = text.slice(at);
    if (forms.some((form) => form.length > end.length && form.startsWith(end))) return at;
  }
  return undefined;
}

/**
 * One mask for each stretch of covered text.
 * @param isMasked what is before the text ends with a mask, which continues if the text begins covered
 */
function maskRanges(text: string, ranges: readonly Range[], isMasked: boolean): { text: string; isMasked: boolean } {
  const sorted = ranges.filter(([from]) => from < text.length).sort(([a], [b]) => a - b);
  let shown = '';
  let at = 0;
  let masked = isMasked;
  for (const [from, to] of sorted) {
    if (to <= at) continue;
    if (from > at) {
      shown += text.slice(at, from);
      masked = false;
    }
    if (!masked) shown += REDACTED;
    masked = true;
    at = Math.max(at, to);
  }
  if (at < text.length) {
    shown += text.slice(at);
    masked = false;
  }
  return { text: shown, isMasked: masked };
}
