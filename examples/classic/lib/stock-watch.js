/** Articles with what lies on the shelf and the least that should. */
const SHELF = [
  { article: 'pipe 15 mm', pieces: 140, least: 100 },
  { article: 'elbow 15 mm', pieces: 36, least: 50 },
  { article: 'stop valve', pieces: 12, least: 10 },
];

/** Each weekday at six: names what has to be ordered. Several functions may share a script by `scriptFile` and `entryPoint`. */
async function watchStock(context, timer) {
  if (timer.isPastDue) context.log.warn('The stock was looked at late');
  const short = SHELF.filter((row) => row.pieces < row.least);
  for (const row of short) context.log.info(`Order ${row.least - row.pieces} of "${row.article}"`);
  context.log.verbose(`${SHELF.length} articles looked at, ${short.length} short`);
}

module.exports = { watchStock };
