/** The index of the first line with this `seq` or a greater one; the number of lines if all are smaller. */
export function indexOfSeq(lines: readonly { readonly seq: number }[], seq: number): number {
  return firstIndex(lines.length, (index) => (lines[index]?.seq ?? 0) >= seq);
}

/** The same for the numbers alone. */
export function indexIn(seqs: readonly number[], seq: number): number {
  return firstIndex(seqs.length, (index) => (seqs[index] ?? 0) >= seq);
}

/** The first index from which on something is true. */
function firstIndex(length: number, isTrue: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTrue(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
