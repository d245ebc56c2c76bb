/** Says once that the connection is lost, however often the next attempt fails, and once that it is back. */
export function createConnectionNotes(note: (text: string) => void) {
  let isLost = false;
  return {
    interrupted(): void {
      if (!isLost) note('The connection to the server is lost. Trying again; no event is lost.');
      isLost = true;
    },
    current(): void {
      if (isLost) note('The connection to the server is back.');
      isLost = false;
    },
  };
}
