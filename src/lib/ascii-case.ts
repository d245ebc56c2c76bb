/** The text with the letters A to Z in lower case, as databases do it whatever their locale. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
