import type { Sink } from './json/sink.ts';

/** Text as a JSON list of its lines, piece by piece. LF, CR and CRLF end a line; the last needs no end. */
export function createLinesToJson(sink: Sink) {
  let lines = 0;
  let inLine = false;
  let afterCr = false;

  const write = (piece: string) => {
    if (!inLine) sink(lines === 0 ? '"' : ',"');
    inLine = true;
    sink(JSON.stringify(piece).slice(1, -1));
  };

  const endLine = () => {
    write('');
    sink('"');
    inLine = false;
    lines += 1;
  };

  sink('[');
  return {
    push(text: string) {
      let from = 0;
      for (let at = 0; at < text.length; at += 1) {
        const char = text[at];
        if (char === '\n' && afterCr) {
          from = at + 1;
        } else if (char === '\n' || char === '\r') {
          write(text.slice(from, at));
          endLine();
          from = at + 1;
        }
        afterCr = char === '\r';
      }
      if (from < text.length) write(text.slice(from));
    },
    end() {
      if (inLine) endLine();
      sink(']');
    },
  };
}
