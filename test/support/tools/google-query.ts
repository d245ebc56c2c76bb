/** The properties of a file that Drive's files.list can query. */
interface Subject {
  readonly name: string;
  readonly text: string;
}

type FilePredicate = (file: Subject) => boolean;

const TOKEN = /\s*(?:'((?:[^'\\]|\\['\\])*)'|([()=]|[A-Za-z]+))/y;

/**
 * The subset of the query language of Drive v3 that a search needs: `contains`, `=`, `and`, `or`, brackets, quotes with
 * \' and \\. As in Drive, `name contains` finds beginnings of words and `fullText contains` whole words.
 * @throws SyntaxError
 */
export function parseGoogleQuery(query: string): FilePredicate {
  const tokens = tokensOf(query);
  const next = () => {
    const token = tokens.shift();
    if (token === undefined) throw new SyntaxError('the query ends too early');
    return token;
  };
  const joined = (word: string, part: () => FilePredicate): FilePredicate[] => {
    const tests = [part()];
    while (tokens[0]?.word === word) {
      next();
      tests.push(part());
    }
    return tests;
  };
  const any = (): FilePredicate => {
    const tests = joined('or', all);
    return (file) => tests.some((test) => test(file));
  };
  const all = (): FilePredicate => {
    const tests = joined('and', one);
    return (file) => tests.every((test) => test(file));
  };
  const one = (): FilePredicate => {
    const first = next();
    if (first.word !== '(') return comparison(first.word, next().word, next());
    const inner = any();
    if (next().word !== ')') throw new SyntaxError('a bracket is not closed');
    return inner;
  };
  const test = any();
  if (tokens.length > 0) throw new SyntaxError('something follows the query');
  return test;
}

interface Token {
  readonly word?: string;
  readonly text?: string;
}

function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < query.trimEnd().length; ) {
    const [, text, word] = TOKEN.exec(query) ?? [];
    if (text !== undefined) tokens.push({ text: text.replaceAll(/\\(.)/g, '$1') });
    else if (word !== undefined) tokens.push({ word });
    else throw new SyntaxError('this is no query');
  }
  return tokens;
}

function comparison(field: string | undefined, operator: string | undefined, value: Token): FilePredicate {
  const words = wordsOf(value.text ?? '');
  if (field === 'trashed' && operator === '=' && value.word === 'false') return () => true;
  if (operator !== 'contains' || value.text === undefined) throw new SyntaxError('this cannot be compared');
  if (field === 'fullText') {
    return (file) => words.every((word) => wordsOf(`${file.name} ${file.text}`).includes(word));
  }
  if (field !== 'name') throw new SyntaxError(`there is no ${field}`);
  return (file) => words.every((word) => wordsOf(file.name).some((one) => one.startsWith(word)));
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}'\\]+/gu) ?? [];
