/** A row as `SELECT *` gives it, with its columns in camelCase. */
export function fromColumns<Row>(row: object): Row {
  const fields = Object.entries(row).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(fields) as Row;
}
