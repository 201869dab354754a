import { app, output } from '@azure/functions';
import { assessInvoice } from '../invoices/assess-invoice.js';

/** One message is one open invoice. What stands of it goes to the queue `invoice-results`; a bad record throws. */
app.storageQueue('processInvoice', {
  queueName: 'open-invoices',
  connection: 'AzureWebJobsStorage',
  return: output.storageQueue({ queueName: 'invoice-results', connection: 'AzureWebJobsStorage' }),
  handler: (invoice, context) => {
    const result = assessInvoice(invoice);
    if (result.dunning.level === 4)
      context.warn(`${result.id} goes to collection: ${result.openEur} EUR open`);
    return result;
  },
});
