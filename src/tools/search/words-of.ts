/** The words of a text as an index keeps them: lower case, letters and digits, camelCase and snake_case taken apart. */
export function wordsOf(text: string): readonly string[] {
  const apart = text.normalize('NFKC').replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  return apart.toLowerCase().match(/[\p{L}\p{N}]{2,40}/gu) ?? [];
}
