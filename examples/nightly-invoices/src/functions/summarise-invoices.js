import { app, output } from '@azure/functions';
import { summariseInvoices } from '../invoices/summarise-invoices.js';

/** Many messages at once (`cardinality: many`): a group of invoices becomes one summary. */
app.serviceBusQueue('summariseInvoices', {
  queueName: 'open-invoices',
  connection: 'InvoiceBus',
  cardinality: 'many',
  return: output.serviceBusQueue({ queueName: 'invoice-summaries', connection: 'InvoiceBus' }),
  handler: (invoices, context) => {
    const summary = summariseInvoices(invoices);
    for (const { id, reason } of summary.rejected) context.warn(`${id} left out: ${reason}`);
    return summary;
  },
});
