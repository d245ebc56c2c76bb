/** One instruction of a Dockerfile, with its continuation lines joined. */
export interface Instruction {
  readonly name: string;
  readonly args: string;
  /** The number of its stage, from 0. */
  readonly stage: number;
}

/** The instructions of a Dockerfile. It knows what this project uses: no heredocs, no other escape character. */
export function readDockerfile(text: string): readonly Instruction[] {
  const joined = text.replace(/^#.*\n/gm, '').replace(/\\\n\s*/g, '');
  let stage = -1;
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', args = ''] = /^([A-Z]+) +(.+)$/.exec(line) ?? [];
      if (name === '') throw new SyntaxError(`not an instruction: ${line}`);
      if (name === 'FROM') stage += 1;
      return { name, args, stage };
    });
}

/** `COPY --option=value SOURCE… TARGET`. */
export function readCopy(args: string) {
  const words = args.split(/ +/);
  const options = new Map(
    words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=') as [string, string]),
  );
  const paths = words.filter((word) => !word.startsWith('--'));
  return { from: options.get('from'), sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
}
