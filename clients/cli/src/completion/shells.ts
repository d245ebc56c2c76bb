import { sanitize } from '../output/sanitize.ts';
import { splitLine } from './split-line.ts';
import type { Suggestion, Suggestions } from './suggest.ts';

/** In place of a word: names of files can stand there too. */
const FILES = ':';

interface Shell {
  /** What the shell sources. It asks `signalbox completion SHELL -- …`. */
  readonly script: string;
  /** The words of the command line after the name of the program, from what the script sends. */
  words(sent: readonly string[]): readonly string[];
  /** A suggestion as the script reads it. */
  line(suggestion: Suggestion, sent: readonly string[]): string;
}

/** The scripts evaluate nothing that was typed, and nothing that the server answers. */
export const SHELLS: Readonly<Record<'bash' | 'zsh' | 'fish', Shell>> = {
  bash: {
    // Bash splits words at = and : too. The program gets the whole line, and the part of the word that bash replaces.
    script: `_signalbox() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    if [[ $word == ${FILES} ]]; then compopt -o default; else COMPREPLY+=("$word"); fi
  done < <("$1" completion bash -- "\${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
} 2>/dev/null
complete -F _signalbox signalbox
`,
    words: ([line = '']) => splitLine(line).slice(1),
    line: ({ value }, [line = '', replaced = '']) => {
      const word = splitLine(line).at(-1) ?? '';
      return word.endsWith(replaced) ? value.slice(word.length - replaced.length) : value;
    },
  },
  zsh: {
    script: `#compdef signalbox
_signalbox() {
  local line files
  local -a suggestions
  for line in "\${(@f)$("$words[1]" completion zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
    case $line in
      ${FILES}) files=1 ;;
      ?*) suggestions+=("$line") ;;
    esac
  done
  _describe 'argument' suggestions
  [[ -z $files ]] || _files
}
if [[ $funcstack[1] == _signalbox ]]; then _signalbox "$@"; else compdef _signalbox signalbox; fi
`,
    words: (sent) => sent,
    line: ({ value, description }) => {
      const escaped = value.replaceAll(/[\\:]/g, '\\$&');
      return description ? `${escaped}:${description}` : escaped;
    },
  },
  fish: {
    script: `function __signalbox_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (signalbox completion fish -- $words[2..-1] "$current" 2>/dev/null)
        if test "$line" = ${FILES}
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c signalbox -f -a '(__signalbox_complete)'
`,
    // A word that is not complete has its quote.
    words: (sent) => [...sent.slice(0, -1), (sent.at(-1) ?? '').replace(/^["']/, '')],
    line: ({ value, description }) => (description ? `${value}\t${description}` : value),
  },
};

/** A word without a character that has a meaning in a shell. Others are not suggested. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** The answer to a script. */
export function formatSuggestions(shell: Shell, { words, files }: Suggestions, sent: readonly string[]): string {
  const plain = words.filter(({ value }) => PLAIN.test(value));
  const lines = plain.map(({ value, description = '' }) =>
    shell.line({ value, description: sanitize(description).replaceAll(/\s+/g, ' ') }, sent),
  );
  return [...lines, ...(files ? [FILES] : [])].map((line) => `${line}\n`).join('');
}
