import anser from 'anser';

/** The 16 colors of terminals by name. Others are shown without a color. */
const COLORS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

export interface Segment {
  readonly text: string;
  readonly color?: (typeof COLORS)[number] | undefined;
  readonly isBold: boolean;
  readonly isMatch: boolean;
}

const ESCAPE = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
/** Titles and links of terminals (OSC), and codes of two characters: they have no text. */
const OTHER_CODES = new RegExp(`${ESCAPE}\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)?|${ESCAPE}[^[\\]]`, 'g');

/** The lines of one event as a terminal shows them: what follows a carriage return replaces the line. */
export function physicalLines(text: string): readonly string[] {
  if (!text.includes('\n') && !text.includes('\r')) return [text];
  const lines = text.split('\n').map((line) => {
    const written = line.endsWith('\r') ? line.slice(0, -1) : line;
    return written.slice(written.lastIndexOf('\r') + 1);
  });
  return lines.length > 1 && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** The text without colors and other codes. */
export function plainText(text: string): string {
  return text.includes(ESCAPE) ? anser.ansiToText(text.replaceAll(OTHER_CODES, '')) : text;
}

/** The parts of a physical line that look alike, with what `find` matches. */
export function segmentsOf(line: string, find: string): readonly Segment[] {
  const styled = line.includes(ESCAPE) ? styledParts(line) : [{ text: line, isBold: false }];
  const plain = styled.map(({ text }) => text).join('');
  const matches = matchesIn(plain, find);
  if (matches.length === 0) return styled.map((part) => ({ ...part, isMatch: false }));
  const segments: Segment[] = [];
  let begin = 0;
  for (const part of styled) {
    const end = begin + part.text.length;
    const borders = matches.flat().filter((border) => border > begin && border < end);
    const cuts = [begin, ...borders, end];
    for (const [index, from] of cuts.slice(0, -1).entries()) {
      const text = plain.slice(from, cuts[index + 1]);
      if (text !== '')
        segments.push({ ...part, text, isMatch: matches.some(([start, stop]) => from >= start && from < stop) });
    }
    begin = end;
  }
  return segments;
}

function styledParts(line: string): Omit<Segment, 'isMatch'>[] {
  return anser
    .ansiToJson(line.replaceAll(OTHER_CODES, ''), { json: true, use_classes: true, remove_empty: true })
    .map(({ content, fg, decorations }) => ({
      text: content,
      color: COLORS.find((color) => fg === `ansi-${color}` || fg === `ansi-bright-${color}`),
      isBold: decorations.includes('bold'),
    }));
}

/** Begin and end of each match, whatever the case of the letters A to Z, as the server compares. */
function matchesIn(text: string, find: string): (readonly [number, number])[] {
  if (find === '') return [];
  const matches: (readonly [number, number])[] = [];
  const lower = lowerAscii(text);
  const word = lowerAscii(find);
  for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) {
    matches.push([at, at + word.length]);
  }
  return matches;
}

/** In small letters, as long as before: other letters may change their length. */
export function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
