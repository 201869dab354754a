import type { NotifiedEvent } from '#shared/domain/batch-definition.js';
import type { NotificationContent } from '#shared/domain/notifications/notification.js';
import type { Email } from './email-sender.js';
import { minuteOf } from './moments.js';

const WORDS: Readonly<Record<NotifiedEvent, string>> = {
  late: 'is late',
  failed: 'failed',
  recovered: 'has recovered',
  warning: 'has many failed items',
  succeeded: 'succeeded',
};

/** The subject says which batch, what, and of which business date. */
export function emailOf(content: NotificationContent): Email {
  const { app, batch, event, businessDate } = content;
  const date = businessDate === null ? '' : ` (${businessDate})`;
  const rows = rowsOf(content);
  return {
    subject: `[Nightjar] ${app}/${batch} ${WORDS[event]}${date}`,
    text: textOf(content.message, rows, content.runUrl),
    html: htmlOf(content.message, rows, content.runUrl),
  };
}

export function testEmail(): Email {
  const message = 'This is a try: Nightjar can send e-mails to this address.';
  return {
    subject: '[Nightjar] A try',
    text: `${message}\n`,
    html: `<p>${message}</p>`,
  };
}

type Row = readonly [string, string];

function rowsOf(content: NotificationContent): readonly Row[] {
  const { items, failure } = content;
  const times: readonly (readonly [string, string | null])[] = [
    ['Planned', content.plannedAt],
    ['Started', content.startedAt],
    ['Ended', content.endedAt],
    ['Deadline', content.deadlineAt],
  ];
  return [
    ['Batch', `${content.app}/${content.batch}`],
    ...(content.businessDate === null ? [] : [['Business date', content.businessDate] as const]),
    ['Run', content.runId],
    ['State', content.state],
    [
      'Items',
      `${items.total}: ${items.succeeded} succeeded, ${items.failed} failed, ${items.cancelled} cancelled`,
    ],
    ...times.flatMap(([name, at]) => (at === null ? [] : [[name, minuteOf(at)] as const])),
    ...(failure === null ? [] : [['Failure', `${failure.type}: ${failure.message}`] as const]),
  ];
}

function textOf(message: string, rows: readonly Row[], url: string): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`);
  return `${message}\n\n${lines.join('\n')}\n\n${url}\n`;
}

function htmlOf(message: string, rows: readonly Row[], url: string): string {
  const cells = rows.map(
    ([name, value]) =>
      `<tr><th align="left" valign="top" style="padding-right:1em">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  const link = escaped(url);
  return `<p>${escaped(message)}</p>\n<table>\n${cells.join('\n')}\n</table>\n<p><a href="${link}">${link}</a></p>\n`;
}

/** Messages of failures are text of anybody's. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
