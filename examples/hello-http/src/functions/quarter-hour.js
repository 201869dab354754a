const { app } = require('@azure/functions');

/** A timer, at :00, :15, :30 and :45 of each hour: says when it ran and when it will run next. */
app.timer('quarterHour', {
  schedule: '0 */15 * * * *',
  handler: (timer, context) => {
    if (timer.isPastDue) context.warn('This run is late: the host was not there at the planned time');
    context.log(
      `Ran at ${new Date().toISOString()}, next at ${timer.scheduleStatus?.next ?? 'an unknown time'}`,
    );
  },
});
