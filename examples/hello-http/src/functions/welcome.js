const { app, output } = require('@azure/functions');
const { greetingFor } = require('../greetings');

/**
 * A queue function with a queue output: for each new member that it is told of, it hands on a letter.
 * A message is JSON such as {"name":"Ada","language":"en"}.
 */
app.storageQueue('welcome', {
  queueName: 'welcome-requests',
  connection: 'AzureWebJobsStorage',
  return: output.storageQueue({ queueName: 'welcome-letters', connection: 'AzureWebJobsStorage' }),
  handler: (member, context) => {
    if (!member?.name) throw new Error('A welcome request needs a name');
    const salutation = greetingFor(member.language ?? 'en', member.name) ?? greetingFor('en', member.name);
    context.log(`Writing a letter to ${member.name}`);
    return { to: member.name, subject: 'Welcome', text: `${salutation}\n\nIt is good to have you with us.` };
  },
});
