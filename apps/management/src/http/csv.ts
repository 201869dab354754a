/** What a controller says of such a file. */
export const CSV = { type: 'text/csv; charset=utf-8' };

type Cell = string | number | null;

/** A line of a CSV file as RFC 4180 has it. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

function cellText(cell: Cell): string {
  if (typeof cell !== 'string') return String(cell ?? '');
  // A name is no formula: spreadsheets would carry it out.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
